import { CommandError, runCommand } from "@mesh/codegen/command";
import { connectionHelp, connectionOptions, exitCodes, meshAccess } from "../settings.ts";
import { table } from "../table.ts";
import { timeText } from "./job-text.ts";
import { type AskAll, withOperators } from "./with-operators.ts";

const help = `Shows and changes the schedules of all services.

  npm run mesh -- schedules list
  npm run mesh -- schedules show <name>
  npm run mesh -- schedules pause <name>
  npm run mesh -- schedules resume <name>
  npm run mesh -- schedules cancel <name>

  list            list the schedules, with when they are next due
  show            print one
  pause           make it not due until it is resumed
  resume          make it due again; what it missed is not made up for
  cancel          remove it; one that the code of the service lists comes back at the next start

  --service <name>  only of this service; default: of all that have jobs
${connectionHelp}
Exit codes: 0 done; 1 the call failed; 2 wrong usage, or there is no such schedule; 3 the mesh can't be reached.
`;

const options = { ...connectionOptions, service: { type: "string" } } as const;
const changes: ReadonlyMap<string, string> = new Map([
  ["pause", "paused"],
  ["resume", "resumed"],
  ["cancel", "cancelled"],
]);

interface Report {
  readonly text: string;
  readonly json: unknown;
}

/** Runs the command `schedules`. Returns the exit code. */
export function schedulesCommand(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options,
    takesArguments: true,
    async run(flags, root, [action = "", name, ...more]) {
      if (action !== "list" && action !== "show" && !changes.has(action)) {
        throw usage(action === "" ? "schedules needs an action" : `unknown action "${action}"`);
      }
      if (action !== "list" && name === undefined) throw usage(`schedules ${action} needs the name of a schedule`);
      const unexpected = action === "list" ? name : more[0];
      if (unexpected !== undefined) throw usage(`unexpected argument "${unexpected}"`);
      const report = await withOperators(meshAccess(flags, root), flags.service, (askAll) => {
        if (action === "list") return list(askAll);
        return action === "show" ? show(askAll, name ?? "") : change(askAll, action, name ?? "");
      });
      const output = flags.json ? `${JSON.stringify(report.json, undefined, 2)}\n` : report.text;
      return { output, exitCode: exitCodes.done };
    },
  });
}

async function list(askAll: AskAll): Promise<Report> {
  const rows = await schedulesOf(askAll);
  const cells = rows.map(({ service, name, when, target, nextAt, lastAt, isPaused }) => {
    return [service, name, when, target, isPaused ? "paused" : timeText(nextAt), timeText(lastAt)];
  });
  return { text: table(["SERVICE", "NAME", "WHEN", "STARTS", "NEXT", "LAST"], cells), json: rows };
}

async function show(askAll: AskAll, name: string): Promise<Report> {
  const row = await only(askAll, name);
  const lines = Object.entries(row).filter(([, value]) => value !== undefined);
  const text = lines.map(([key, value]) => `${key.padEnd(12)}${value instanceof Date ? timeText(value) : value}\n`);
  return { text: text.join(""), json: row };
}

async function change(askAll: AskAll, action: string, name: string): Promise<Report> {
  const { service } = await only(askAll, name);
  await askAll(async (client, one) => one === service && client.changeSchedule({ service, name, change: action }));
  return { text: `${changes.get(action)} ${name} of ${service}\n`, json: { service, name, change: action } };
}

/** Returns the schedule with a name. @throws CommandError if no service has one, or several */
async function only(askAll: AskAll, name: string) {
  const [found, other] = (await schedulesOf(askAll)).filter((schedule) => schedule.name === name);
  if (!found) throw new CommandError(`there is no schedule ${name}`);
  if (!other) return found;
  throw usage(`${found.service} and ${other.service} have a schedule ${name}: choose one by --service`);
}

async function schedulesOf(askAll: AskAll) {
  const all = await askAll(async (client, service) => (await client.listSchedules({ service })).schedules);
  return all.flatMap(({ service, result }) => result.map((schedule) => ({ service, ...schedule })));
}

function usage(text: string): CommandError {
  return new CommandError(`${text}: see npm run mesh -- schedules --help`);
}
