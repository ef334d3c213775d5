import { CommandError, runCommand } from "@mesh/codegen/command";
import { readCatalogue } from "../contracts/catalogue.ts";
import { connectionHelp, connectionOptions, exitCodes, meshAccess } from "../settings.ts";
import { table } from "../table.ts";
import { jobJson, progressText, timeText } from "./job-text.ts";
import { type AskAll, withOperators } from "./with-operators.ts";

const help = `Shows and changes the jobs of all services.

  npm run mesh -- jobs queues
  npm run mesh -- jobs list [--state failed] [--name catalog.v1.ImportCatalog] [--limit 50]
  npm run mesh -- jobs show <id>
  npm run mesh -- jobs cancel <id>
  npm run mesh -- jobs retry <id>

  queues          count the jobs by name and state
  list            list jobs, the newest first
  show            print a job with its payload and its result
  cancel          cancel a job that waits or runs
  retry           do a job again that has failed or was cancelled

  --service <name>  only of this service; default: of all that have jobs
  --state <state>   waiting, running, completed, failed or cancelled
  --name <name>     the full name of the jobs
  --limit <count>   the most jobs of each service, up to 1000; default: 50
${connectionHelp}
Exit codes: 0 done; 1 the call failed; 2 wrong usage, or there is no such job; 3 the mesh can't be reached.
`;

const options = {
  ...connectionOptions,
  service: { type: "string" },
  state: { type: "string" },
  name: { type: "string" },
  limit: { type: "string" },
} as const;

interface Flags {
  readonly service?: string;
  readonly state?: string;
  readonly name?: string;
  readonly limit?: string;
  readonly contracts?: string;
}

interface Report {
  readonly text: string;
  readonly json: unknown;
}

type Action = (askAll: AskAll, flags: Flags, id: string) => Promise<Report>;

/** By name. Those that take an id are `show`, `cancel` and `retry`. */
const actions: ReadonlyMap<string, Action> = new Map([
  ["queues", queues],
  ["list", list],
  ["show", show],
  ["cancel", cancel],
  ["retry", retry],
]);

const withId: ReadonlySet<string> = new Set(["show", "cancel", "retry"]);

/** Runs the command `jobs`. Returns the exit code. */
export function jobsCommand(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options,
    takesArguments: true,
    async run(flags, root, [name = "", id, ...more]) {
      const action = actions.get(name);
      if (!action) throw usage(name === "" ? "jobs needs an action" : `unknown action "${name}"`);
      if (withId.has(name) && id === undefined) throw usage(`jobs ${name} needs the id of a job`);
      const unexpected = withId.has(name) ? more[0] : id;
      if (unexpected !== undefined) throw usage(`unexpected argument "${unexpected}"`);
      const access = meshAccess(flags, root);
      const report = await withOperators(access, flags.service, (askAll) => action(askAll, flags, id ?? ""));
      const output = flags.json ? `${JSON.stringify(report.json, undefined, 2)}\n` : report.text;
      return { output, exitCode: exitCodes.done };
    },
  });
}

async function queues(askAll: AskAll): Promise<Report> {
  const all = await askAll(async (client, service) => (await client.listQueues({ service })).queues);
  const rows = all.flatMap(({ service, result }) => result.map((queue) => ({ service, ...queue })));
  const cells = rows.map(({ service, name, due, later, running, failed, ageSeconds }) => {
    return [service, name, ...[due, later, running, failed].map(String), `${ageSeconds.toFixed(1)} s`];
  });
  const head = ["SERVICE", "JOB", "DUE", "LATER", "RUNNING", "FAILED", "AGE"];
  return { text: table(head, cells, [2, 3, 4, 5, 6]), json: rows };
}

async function list(askAll: AskAll, flags: Flags): Promise<Report> {
  const filter = { id: "", name: flags.name ?? "", state: flags.state ?? "", limit: limitOf(flags.limit) };
  const rows = await jobsOf(askAll, filter);
  const cells = rows.map(({ service, job }) => {
    const { id, name, state, attempts, maxAttempts, createdAt } = job;
    return [
      id,
      service,
      name,
      state,
      `${attempts}/${maxAttempts}`,
      timeText(createdAt),
      progressText(job),
      job.failure,
    ];
  });
  const head = ["ID", "SERVICE", "JOB", "STATE", "ATTEMPT", "ENQUEUED", "PROGRESS", "FAILURE"];
  return { text: table(head, cells), json: inJson(rows, flags) };
}

async function show(askAll: AskAll, flags: Flags, id: string): Promise<Report> {
  const rows = await jobsOf(askAll, { id, name: "", state: "", limit: 1 });
  const [json] = inJson(rows, flags);
  if (!json) throw missing(id);
  const lines = Object.entries(json).filter(([, value]) => value !== "");
  const text = lines.map(
    ([key, value]) => `${key.padEnd(12)}${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  return { text: `${text.join("\n")}\n`, json };
}

async function cancel(askAll: AskAll, _flags: Flags, id: string): Promise<Report> {
  const all = await askAll(async (client, service) => (await client.cancelJob({ service, id })).isCancelled);
  if (!all.some(({ result }) => result)) throw missing(id, " that waits or runs");
  return { text: `cancelled ${id}\n`, json: { id, cancelled: true } };
}

async function retry(askAll: AskAll, _flags: Flags, id: string): Promise<Report> {
  const all = await askAll(async (client, service) => (await client.retryJob({ service, id })).isRetried);
  if (!all.some(({ result }) => result)) throw missing(id, " that has failed or was cancelled");
  return { text: `${id} is done again\n`, json: { id, retried: true } };
}

async function jobsOf(askAll: AskAll, filter: { id: string; name: string; state: string; limit: number }) {
  const all = await askAll(async (client, service) => (await client.listJobs({ service, ...filter })).jobs);
  return all.flatMap(({ service, result }) => result.map((job) => ({ service, job })));
}

function inJson(rows: Awaited<ReturnType<typeof jobsOf>>, { contracts }: Flags) {
  const catalogue = readCatalogue(contracts);
  return rows.map(({ service, job }) => jobJson(service, job, catalogue));
}

function limitOf(text = "50"): number {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1_000) return Number(text);
  throw usage(`--limit must be a whole number from 1 to 1000, got "${text}"`);
}

function missing(id: string, which = ""): CommandError {
  return new CommandError(`there is no job ${id}${which}`);
}

function usage(text: string): CommandError {
  return new CommandError(`${text}: see npm run mesh -- jobs --help`);
}
