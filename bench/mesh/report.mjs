// The tables as Markdown.
import { availableParallelism, cpus } from "node:os";
import { eventBaseline } from "./event-peers.mjs";
import { gatewayBaseline } from "./gateways.mjs";
import { meshBaseline as orderBaseline } from "./meshes.mjs";
import { baseline as meshBaseline } from "./peers.mjs";

export const titles = {
  "unary-1": "Unary calls, 1 in flight",
  "unary-32": "Unary calls, 32 in flight",
  "unary-256": "Unary calls, 256 in flight",
  stream: "Messages of one server stream",
  start: "Cold start to the first call",
  "gateway-64": "Mutations through a gateway, 64 in flight",
  "rest-64": "REST calls through a gateway, 64 in flight",
  subscription: "Messages of four subscriptions through a gateway",
  orders: "Orders from the request to their confirmation, 16 in flight",
  "events-publish": "Events that are published",
  "events-consume": "Events that are consumed",
  "events-latency": "Events from the commit to the start of their handler, at 1,000/s",
  "events-soak": "Memory at 2,000 events/s",
  "events-backlog": "Memory while a backlog is drained",
};

const ofEvents = new Set(["events-publish", "events-consume", "events-latency"]);
const ofMemory = new Set(["events-soak", "events-backlog"]);
const ofGateways = new Set(["gateway-64", "rest-64", "subscription"]);

/** Returns the name of the peer that the ratios of a table compare with. */
export function baselineOf(table) {
  if (table === "orders") return orderBaseline;
  if (ofEvents.has(table)) return eventBaseline;
  return ofGateways.has(table) ? gatewayBaseline : meshBaseline;
}

/** Returns the unit of a table's figures. */
export function unitOf(table) {
  if (table === "orders") return "orders/s";
  if (ofEvents.has(table)) return "events/s";
  return ["stream", "subscription"].includes(table) ? "messages/s" : "calls/s";
}

/**
 * Splits results by the documents that they are written to.
 *
 * @returns {{ file: string, results: object }[]} without those that have no table
 */
export function groupsOf(results) {
  const tables = Object.entries(results).filter(([table]) => !ofMemory.has(table));
  const isOfMesh = (table) => !ofGateways.has(table) && !ofEvents.has(table) && table !== "orders";
  const groups = [
    { file: "mesh", results: Object.fromEntries(tables.filter(([table]) => isOfMesh(table))) },
    { file: "gateway", results: Object.fromEntries(tables.filter(([table]) => ofGateways.has(table))) },
    { file: "events", results: Object.fromEntries(tables.filter(([table]) => ofEvents.has(table))) },
    { file: "orders", results: Object.fromEntries(tables.filter(([table]) => table === "orders")) },
  ];
  return groups.filter((group) => Object.keys(group.results).length > 0);
}

const number = (value) => Math.round(value).toLocaleString("en-US");
const milliseconds = (value) => `${value < 1 ? value.toFixed(3) : value.toFixed(1)} ms`;

/** Writes all tables. `results` are measurements by peer by table. */
export function tablesOf(results) {
  return Object.entries(results)
    .map(([table, byPeer]) => `## ${titles[table]}\n\n${tableOf(table, byPeer)}`)
    .join("\n");
}

function tableOf(table, byPeer) {
  if (table === "start") return starts(table, byPeer);
  return ofMemory.has(table) ? memories(byPeer) : loads(table, byPeer);
}

function memories(byPeer) {
  const rows = Object.entries(byPeer).map(([name, { rps, cpu, ...rss }]) => {
    const megabytes = [rss.start, rss.middle, rss.end, rss.most].map((value) => `${number(value)} MB`);
    return [name, number(rps), milliseconds(cpu), ...megabytes];
  });
  return markdown([["peer", "events/s", "CPU", "start", "middle", "end", "most"], ...rows]);
}

function loads(table, byPeer) {
  const [baseline, unit] = [baselineOf(table), unitOf(table)];
  const of = byPeer[baseline];
  const rows = sorted(byPeer, ({ rps }) => -rps).map(([name, { rps, p50, p99, cpu }]) => [
    name,
    number(rps),
    ratio(rps, of?.rps),
    milliseconds(p50),
    milliseconds(p99),
    milliseconds(cpu),
    ratio(cpu, of?.cpu),
  ]);
  return markdown([["peer", unit, `× ${baseline}`, "p50", "p99", "CPU", `× ${baseline}`], ...rows]);
}

function starts(table, byPeer) {
  const baseline = baselineOf(table);
  const of = byPeer[baseline];
  const rows = sorted(byPeer, ({ ms }) => ms).map(([name, { ms, rssMb }]) => {
    return [name, `${number(ms)} ms`, ratio(ms, of?.ms), `${number(rssMb)} MB`];
  });
  return markdown([["peer", "time", `× ${baseline}`, "memory"], ...rows]);
}

const sorted = (byPeer, by) => Object.entries(byPeer).sort(([, a], [, b]) => by(a) - by(b));

export const ratio = (value, of) => (of === undefined ? "–" : `${(value / of).toFixed(2)} ×`);

/** Writes a table. The first column is text, the others are numbers. */
function markdown([head, ...rows]) {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => row[at].length)));
  const line = (row) =>
    `| ${row.map((cell, at) => (at ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, at) => (at ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
  return `${[line(head), rule, ...rows.map(line)].join("\n")}\n`;
}

/** Writes the document of a group. `run` has the command, the Node version, the load when it began, and the options. */
export function document({ file, results }, run) {
  if (file === "orders") return ordersDocument(results, run);
  if (file === "events") return eventsDocument(results, run);
  return file === "mesh" ? meshDocument(results, run) : gatewayDocument(results, run);
}

function originOf(run) {
  return `Written by \`${run.command}\` with Node ${run.version} on ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? "?"}, at a
load of ${run.load.toFixed(1)} when it began.`;
}

function roundsOf(run) {
  const calls = run.calls ? `${number(run.calls)} calls` : `${run.seconds} s`;
  return `${run.rounds} round${run.rounds === 1 ? "" : "s"} of\n${calls}`;
}

function gatewayDocument(results, run) {
  return `# Requests through a gateway

${originOf(run)}

![Requests per second against ${gatewayBaseline}](gateway.svg)

The service, the gateway and what loads it are separate processes on one machine, and all peers take turns. Figures are medians of ${roundsOf(run)}.
CPU is the processor time of the gateway alone, per request or message. Requests place an order of the example by JSON over 64 connections of
HTTP/1.1. The latencies of subscriptions are those of a whole one, which has 10,000 messages.

- \`trpc-standalone\`, \`trpc-fastify\`, \`fastify\`, \`orpc\` and \`nestjs\` call the service by grpc-js, \`moleculer-web\` by Moleculer over TCP,
  and \`orpc-mux\` by our mux. Each checks its input by the library that its users use.
- \`typemesh\` has everything on: a session, scopes, validation, deadlines, mutual TLS to the service, and spans and metrics of
  OpenTelemetry's SDK, which samples 1 % of the traces and sends them by OTLP. \`typemesh-insecure\` is the same without TLS, and \`typemesh-unobserved\` that without traces and metrics. Rate limits are off.

${tablesOf(results)}`;
}

function ordersDocument(results, run) {
  return `# Orders through a whole mesh

${originOf(run)}

![Orders per second against ${orderBaseline}](orders.svg)

Each mesh has the services of the example and a gateway in production mode, with a PostgreSQL and a NATS of its own, all on one machine, and
all meshes take turns. Figures are medians of ${roundsOf(run)}. A client places an order by REST, and watches it until it is confirmed: the
order has gone to the catalog and the inventory by calls, to the payments by an event, and back by another one. The latencies are those of
the whole way. CPU is the processor time of the services and the gateway per order, without PostgreSQL and NATS.

- \`typemesh\` is one process for each service and the gateway. Each sends its traces, of which 1 % are sampled, by OTLP, and has metrics.
- \`typemesh-unobserved\` is the same without traces and metrics.
- \`typemesh-mono\` is \`typemesh\` as one process, as \`npm run mono\` runs it.

${tablesOf(results)}`;
}

function eventsDocument(results, run) {
  return `# Events

${originOf(run)}

![Events per second against ${eventBaseline}](events.svg)

Each peer is one process with a NATS and a PostgreSQL of its own, all on one machine, and all peers take turns. NATS writes each message to
the disk before it responds, as in development. Figures are medians of ${roundsOf(run)}, or as many events as that. CPU is the processor time
of the process per event, without NATS and PostgreSQL.

- \`nats\` is its stock client: \`publish\` with 256 in flight, and \`consume\` with an ack for each. The latency is that of a publish, or the
  time from the beginning of a round until an event was received.
- \`typemesh\` has everything on: events are in the outbox when a round begins, and its time ends when NATS has them all; a handler
  writes one row, in the transaction of the inbox. The latency is the time from the beginning of a round until an event was sent, or handled.
- \`typemesh-nats\` is the part without PostgreSQL: the step that publishes a batch of 100, whose time is the latency, and a handler without a
  transaction.

From the commit to the handler, each event has a transaction of its own, and one process publishes and handles all of them.

${tablesOf(results)}`;
}

function meshDocument(results, run) {
  return `# Calls between two processes

${originOf(run)}

![Calls per second against ${meshBaseline}](mesh.svg)

Server and client are separate processes on one machine, and all peers take turns. Figures are medians of ${roundsOf(run)}. CPU is the processor time per call or message, of both processes together. A broker's is not in
it. Calls are \`PlaceOrder\` of the example, whose request has 191 bytes, and the stream is \`WatchStock\`, with 44 bytes a message.
The latencies of the stream are the times from one message to the next.

A start is the time from the start of the server's process to the result of the first call, of a client that runs already.
Memory is the server's RSS then. Each peer runs as its users deploy it: ours is built by \`npm run build\`, the others load
their packages from node_modules. None registers OpenTelemetry's SDK, which is no part of a new service.

- \`framed-tcp\` is a limit and no peer: it has no headers, deadlines, errors or cancellation. \`h2\` is the limit of one HTTP/2
  stream a call.
- \`nats-request\` goes through a nats-server, \`fastify-undici\` sends JSON over HTTP/1.1, and \`moleculer-tcp\` JSON over TCP.
- \`typemesh\` has everything on: the mux, validation on both sides, deadlines, mutual TLS, identity, and spans and metrics of
  OpenTelemetry's SDK, which samples 1 % of the traces and sends them by OTLP. \`typemesh-insecure\` is the same without TLS, \`typemesh-grpc\` without TLS and by plain gRPC, as other clients call. In \`typemesh-local\` the service runs in the process of its caller, so that no byte is written.

${tablesOf(results)}`;
}
