// The command line of the benchmark.
import { parseArgs } from "node:util";
import { eventKinds, eventPeers, memoryKinds, wholeWay } from "./event-peers.mjs";
import { gateways } from "./gateways.mjs";
import { meshes } from "./meshes.mjs";
import { peers } from "./peers.mjs";

/** The tables, with the calls in flight of those that measure calls. Those of the kind `http` measure gateways, and `orders` whole meshes. */
export const tables = new Map([
  ["unary-1", { kind: "unary", inFlight: 1 }],
  ["unary-32", { kind: "unary", inFlight: 32 }],
  ["unary-256", { kind: "unary", inFlight: 256 }],
  ["stream", { kind: "stream" }],
  ["start", { kind: "start" }],
  ["gateway-64", { kind: "http", request: "call", inFlight: 64 }],
  ["rest-64", { kind: "http", request: "rest", inFlight: 64 }],
  ["subscription", { kind: "http", request: "subscription", inFlight: 4 }],
  ["orders", { kind: "orders", inFlight: 16 }],
  ["events-publish", { kind: "publish", inFlight: 256 }],
  ["events-consume", { kind: "consume" }],
  ["events-latency", { kind: "latency", request: wholeWay }],
  ["events-soak", { kind: "soak", isLong: true }],
  ["events-backlog", { kind: "backlog", isLong: true }],
]);

const usual = [...tables].filter(([, { isLong }]) => !isLong).map(([name]) => name);

const sdks = ["on", "off"];

const names = [...new Set([...peers, ...gateways, ...meshes, ...eventPeers].map(({ name }) => name))];

const withoutInstallation = peers.filter(({ isInstalled, isOurs }) => !isInstalled && !isOurs).map(({ name }) => name);

const help = `Compares calls between two processes, and HTTP gateways, with other libraries, and the orders of whole meshes, and events. All take turns in one run.

  npm run bench -- [options]

  --only <table>[,<table>]  ${[...tables.keys()].join(", ")};
                            default: all but events-soak and events-backlog
  --peers <peer>[,<peer>]   ${names.slice(0, 5).join(", ")},
                            ${names.slice(5, 9).join(", ")},
                            ${names.slice(9, 13).join(", ")},
                            ${names.slice(13).join(", ")}; default: all
  --rounds <number>         the rounds of which the result is the median; default: 3
  --seconds <number>        the duration of the warm-up and of each round of a peer; default: 2
  --calls <number>          the calls, or messages of the stream, of a round, instead of a duration
  --count <number>          the events of events-backlog; default: 1000000. events-soak lasts --seconds; default: 600
  --sdk <which>             the telemetry of ours: on or off; default: on
  --json                    print one object and no tables: { "<table>": { "<peer>": { "rps", "p50", "p99", "cpu" } } },
                            of start { "ms", "rssMb" }, of events-soak and events-backlog with the memory in MB
                            at the "start", in the "middle", at the "end" and the "most". p50, p99 and cpu are in milliseconds; cpu is per call, of client
                            and server together, or of the gateway alone, or of a whole mesh per order
  --write                   write the tables to bench/mesh.md and a chart to bench/mesh.svg, those of gateways to
                            bench/gateway.md and bench/gateway.svg, those of meshes to bench/orders.md and bench/orders.svg,
                            and those of events to bench/events.md and bench/events.svg. Not events-soak and events-backlog
  --help

The other libraries are installed in node_modules/.cache/mesh-bench, outside of the workspace, from
bench/peers/package-lock.json. They need Node 22.19. On an older one, the whole run uses the Node release in that lockfile,
so that all figures of a run are of one release. A run of only ours and ${withoutInstallation.join(", ")} installs
nothing.

Exit codes: 0 measured; 1 a peer or the installation failed; 2 an option is wrong.
`;

/**
 * Reads the command line.
 *
 * @returns {{ only, peers, gateways, meshes, eventPeers, memoryPeers, rounds, seconds, calls, soakSeconds, count, sdk, json, write }} `peers` are entries of peers.mjs, and
 *   `gateways` of gateways.mjs, and `meshes` of meshes.mjs; none of those that no table needs
 */
export function readOptions(args) {
  const values = parse(args);
  if (values.help) return end(0, help);
  if (values.seconds !== undefined && values.calls !== undefined)
    return fail("--seconds and --calls exclude each other");
  const only = values.only === undefined ? usual : listOf("--only", "tables", values.only, [...tables.keys()]);
  const chosen = listOf("--peers", "peers", values.peers, names);
  const needs = (kind) => only.some((table) => tables.get(table).kind === kind);
  const needsPeers = only.some(
    (table) => ![...eventKinds, ...memoryKinds, "http", "orders"].includes(tables.get(table).kind),
  );
  const select = (all, isNeeded) => all.filter(({ name }) => isNeeded && chosen.includes(name));
  return {
    json: values.json,
    write: values.write,
    only,
    peers: select(peers, needsPeers),
    gateways: select(gateways, needs("http")),
    meshes: select(meshes, needs("orders")),
    eventPeers: select(eventPeers, eventKinds.some(needs)),
    memoryPeers: select(
      eventPeers.filter(({ isWhole }) => isWhole),
      memoryKinds.some(needs),
    ),
    rounds: wholeNumber("--rounds", values.rounds ?? "3"),
    seconds: numberOf("--seconds", values.seconds ?? "2", Number.isFinite, "a number above 0"),
    calls: wholeNumber("--calls", values.calls),
    soakSeconds: numberOf("--seconds", values.seconds, Number.isFinite, "a number above 0"),
    count: wholeNumber("--count", values.count),
    sdk: sdkOf(values.sdk),
  };
}

function parse(args) {
  const text = { type: "string" };
  const flag = { type: "boolean", default: false };
  const options = {
    only: text,
    peers: text,
    rounds: text,
    seconds: text,
    calls: text,
    count: text,
    sdk: { ...text, default: "on" },
    json: flag,
    write: flag,
    help: flag,
  };
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    return fail(error.message);
  }
}

function listOf(option, what, list, known) {
  if (list === undefined) return known;
  const chosen = [...new Set(list.split(","))];
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    return fail(`${option} has no "${unknown.join('", "')}": the ${what} are ${known.join(", ")}`);
  return known.filter((name) => chosen.includes(name));
}

function sdkOf(which) {
  return sdks.includes(which) ? which : fail(`--sdk must be ${sdks.join(" or ")}, got "${which}"`);
}

const wholeNumber = (option, text) => numberOf(option, text, Number.isInteger, "a whole number above 0");

/** Undefined: the option is not given. */
function numberOf(option, text, isValid, what) {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === "" || !isValid(number) || number <= 0) return fail(`${option} must be ${what}, got "${text}"`);
  return number;
}

function fail(message) {
  return end(2, `${message}\nSee npm run bench -- --help\n`);
}

function end(code, message) {
  (code === 0 ? process.stdout : process.stderr).write(message);
  return process.exit(code);
}
