import { CommandError, runCommand } from "@mesh/codegen/command";
import { readCatalogue } from "../contracts/catalogue.ts";
import { jobsCommand } from "../jobs/main.ts";
import { schedulesCommand } from "../jobs/schedules.ts";
import { connectionHelp, connectionOptions, exitCodes, type MeshAccess, meshAccess } from "../settings.ts";
import { withNats } from "../with-nats.ts";
import { listEvents } from "./list.ts";
import { dateOf, filterOptions, listParked, type Printed, replayParked } from "./parked.ts";
import { publishEvent } from "./publish.ts";
import { rewindConsumer } from "./rewind.ts";
import { tailEvents } from "./tail.ts";

const help = `Shows the events of the mesh, publishes one, and replays those that could not be handled.

  npm run mesh -- events list
  npm run mesh -- events tail [event…]
  npm run mesh -- events publish <event> [json]
  npm run mesh -- events dead
  npm run mesh -- events replay
  npm run mesh -- events rewind <consumer> --service <service>
  npm run mesh -- events jobs | schedules …          the same as npm run mesh -- jobs | schedules

  list     list the events of the contracts: their owner, how many the stream has, and their consumers
  tail     print events as JSON, as they are stored, until Ctrl-C. An event is named by its subject or its message
  publish  publish an event by the service that owns it. - reads standard input
  dead     list events that were dead-lettered, or that wait for another attempt
  replay   try dead letters again, all or those that are chosen. Effects that have happened are not repeated
  rewind   have a consumer receive its stream again. Events that it has handled have no second effect

Flags of rewind:
  --sequence <n>  the first that is received; default: the first that the stream has
  --since <time>  receive what was stored since then: 2026-01-31T12:00:00Z, or an age such as 15m

Flags of tail:
  --since <time>  print also what was stored since then: 2026-01-31T12:00:00Z, or an age such as 15m
  --key <key>     print only the events of a key
  --once          end when all that is stored was printed; since 7d unless --since says otherwise

Flags of dead and replay:
  --service, --consumer, --subject, --key, --id   choose events
  --state <state>   failing, upstream, behind, suspect or dead; default: dead. dead also takes all
  --since, --until  parked in this time
  --all             of replay: without another choice
  --limit <count>   of dead: at most so many of a service, up to 1,000; default: 50

${connectionHelp}
Exit codes: 0 done; 1 a service failed; 2 wrong usage, or an event that is not valid; 3 the mesh can't be reached.
`;

const options = {
  ...connectionOptions,
  ...filterOptions,
  once: { type: "boolean" },
  all: { type: "boolean" },
  limit: { type: "string" },
  sequence: { type: "string" },
} as const;

type Flags = { readonly [name in keyof typeof options]?: string | boolean | undefined };
/** The flags as `parseArgs` reads them. */
type Given = Flags & { readonly [name in keyof typeof filterOptions]?: string | undefined } & {
  readonly contracts?: string | undefined;
  readonly limit?: string | undefined;
  readonly sequence?: string | undefined;
  readonly json?: boolean | undefined;
};

/** Runs the command `events`. Returns the exit code. */
export function eventsCommand(args: readonly string[]): Promise<number> {
  const [first = "", ...rest] = args;
  if (first === "jobs") return jobsCommand(rest);
  if (first === "schedules") return schedulesCommand(rest);
  return runCommand(args, {
    help,
    options,
    takesArguments: true,
    async run(flags, root, [action = "", ...given]) {
      const run = actions.get(action);
      if (!run) throw usage(action === "" ? "events needs an action" : `unknown action "${action}"`);
      const { text, json } = await run(meshAccess(flags, root), flags, given);
      const output = flags.json && json !== undefined ? `${JSON.stringify(json, undefined, 2)}\n` : text;
      return { output, exitCode: exitCodes.done };
    },
  });
}

type Action = (access: MeshAccess, flags: Given, given: readonly string[]) => Promise<Printed>;

const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  [
    "list",
    (access, flags, given) => {
      noMore("list", given);
      return withNats(access, (bus, signal) => listEvents(bus, signal, readCatalogue(flags.contracts)));
    },
  ],
  ["tail", tail],
  [
    "publish",
    (access, flags, [name, json, ...more]) => {
      if (name === undefined) throw usage("events publish needs an event");
      if (more.length > 0) throw usage(`unexpected argument "${more[0]}": quote the JSON of the event`);
      return publishEvent(access, name, json, readCatalogue(flags.contracts));
    },
  ],
  [
    "dead",
    (access, flags, given) => {
      noMore("dead", given);
      return listParked(access, flags, limitOf(flags.limit), readCatalogue(flags.contracts));
    },
  ],
  ["rewind", rewind],
  [
    "replay",
    (access, flags, given) => {
      noMore("replay", given);
      const isChosen = Object.keys(filterOptions).some((name) => name !== "state" && name in flags);
      if (!isChosen && !flags.all) throw usage("events replay needs a choice, such as --service orders, or --all");
      return replayParked(access, flags);
    },
  ],
]);

async function rewind(access: MeshAccess, flags: Given, [consumer, ...more]: readonly string[]): Promise<Printed> {
  const { service } = flags;
  if (consumer === undefined || service === undefined) throw usage("events rewind needs a consumer, and --service");
  noMore("rewind", more);
  const sequence = Number(flags.sequence ?? 0);
  if (!Number.isSafeInteger(sequence) || sequence < 0) throw usage(`--sequence is no sequence: "${flags.sequence}"`);
  if (flags.sequence !== undefined && flags.since !== undefined)
    throw usage("--sequence and --since exclude each other");
  return rewindConsumer(access, { service, consumer }, { sequence, since: dateOf("since", flags.since) });
}

async function tail(access: MeshAccess, flags: Given, names: readonly string[]): Promise<Printed> {
  const isOnce = flags.once === true;
  const since = dateOf("since", flags.since ?? (isOnce ? "7d" : undefined));
  const ended = new AbortController();
  process.once("SIGINT", () => ended.abort());
  await withNats(access, (bus) =>
    tailEvents(bus, ended.signal, {
      names,
      key: flags.key,
      since,
      isOnce,
      isCompact: flags.json === true,
      catalogue: readCatalogue(flags.contracts),
      print: (line) => void process.stdout.write(line),
    }),
  );
  return { text: "", json: undefined };
}

function limitOf(text = "50"): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit;
  throw new CommandError(`--limit must be an integer between 1 and 1,000, got "${text}"`);
}

function noMore(action: string, [first]: readonly string[]): void {
  if (first !== undefined) throw usage(`events ${action} takes no argument "${first}"`);
}

function usage(text: string): CommandError {
  return new CommandError(`${text}: see npm run mesh -- events --help`);
}
