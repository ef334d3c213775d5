import { readJobs } from "./jobs.ts";
import { readLogs } from "./logs.ts";
import { Measurements } from "./measurements.ts";
import type { DatabaseRow, JobList, TraceDetail, TraceList } from "./shapes.ts";
import type { ConsoleSource } from "./source.ts";
import { StreamReader } from "./streams.ts";
import { readDatabase, readTable, replayDeadLetter } from "./tables.ts";
import type { TraceMemory } from "./trace-memory.ts";

/** Responds to a request of the page with a value that is sent as JSON; undefined: not found. */
type Handler = (query: URLSearchParams) => Promise<unknown>;

/** The requests of the page. */
export interface ConsoleApi {
  /** Handlers by method and path, such as `GET services`. */
  readonly handlers: ReadonlyMap<string, Handler>;
  close(): Promise<void>;
}

/** A UUID, in contrast to the id of a trace. */
const errorId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The most traces that are listed. */
const maxListed = 200;

/** Makes the handlers of the page's requests. */
export function createApi(source: ConsoleSource, traces: TraceMemory): ConsoleApi {
  const measurements = new Measurements(source);
  const streams = new StreamReader(source.natsUrl);
  const handlers = new Map<string, Handler>([
    ["GET services", () => measurements.read()],
    ["GET traces", async (query) => listTraces(query, source, traces)],
    ["GET trace", (query) => traceOf(query.get("id") ?? "", source, traces)],
    ["GET streams", () => streams.read()],
    ["GET jobs", () => jobsOf(source)],
    ["GET databases", () => databasesOf(source)],
    ["GET table", (query) => tableOf(query, source)],
    ["GET logs", (query) => logsOf(query, source)],
    ["POST replay", (query) => replayIn(query, source)],
    ["POST restart", async (query) => ((await source.restart(query.get("process") ?? "")) ? {} : undefined)],
  ]);
  return { handlers, close: () => streams.close() };
}

function listTraces(query: URLSearchParams, { collector }: ConsoleSource, traces: TraceMemory): TraceList {
  const filter = {
    process: query.get("process") ?? undefined,
    text: query.get("text") ?? undefined,
    failedOnly: query.has("failed"),
    withIdle: query.has("tasks"),
  };
  const matching = traces.list(filter);
  return {
    traces: matching.slice(0, maxListed),
    matching: matching.length,
    kept: traces.size,
    sentTo: collector ?? null,
  };
}

/** Returns a trace. @param id its id, or that of an error, which a process has logged with its trace */
async function traceOf(
  id: string,
  { processes }: ConsoleSource,
  traces: TraceMemory,
): Promise<TraceDetail | undefined> {
  const traceId = errorId.test(id) ? await traceOfError(id, processes) : id;
  return traceId === undefined ? undefined : { traceId, spans: traces.spansOf(traceId) ?? [] };
}

async function traceOfError(id: string, processes: ConsoleSource["processes"]): Promise<string | undefined> {
  const { lines } = await readLogs(processes, { text: id });
  return lines.find(({ traceId }) => traceId !== null)?.traceId ?? undefined;
}

/** Returns the jobs of the services that have some. A database that does not exist yet has none. */
async function jobsOf({ postgresUrl, databases }: ConsoleSource): Promise<JobList[]> {
  const results = await Promise.allSettled(databases.map(({ name, app }) => readJobs(postgresUrl, name, app)));
  return results.flatMap((result) => (result.status === "fulfilled" ? (result.value ?? []) : []));
}

/** Returns the databases that exist: an app creates its own at its first start. */
async function databasesOf({ postgresUrl, databases }: ConsoleSource): Promise<DatabaseRow[]> {
  const results = await Promise.allSettled(databases.map(({ name, app }) => readDatabase(postgresUrl, name, app)));
  const rows = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  const [first] = results;
  if (rows.length === 0 && first?.status === "rejected") throw first.reason;
  return rows;
}

async function tableOf(query: URLSearchParams, { postgresUrl, databases }: ConsoleSource): Promise<unknown> {
  const database = databases.find(({ name }) => name === query.get("database"));
  const table = { schema: query.get("schema") ?? "", name: query.get("table") ?? "" };
  return database && readTable(postgresUrl, database.name, table);
}

/** Lets a dead letter be tried again. Undefined: no service has it any more. */
async function replayIn(query: URLSearchParams, { postgresUrl, databases }: ConsoleSource): Promise<unknown> {
  const letter = { consumer: query.get("consumer") ?? "", id: query.get("id") ?? "" };
  const found = await Promise.all(databases.map(({ name }) => replayDeadLetter(postgresUrl, name, letter)));
  return found.includes(true) ? {} : undefined;
}

function logsOf(query: URLSearchParams, { processes }: ConsoleSource): Promise<unknown> {
  return readLogs(processes, {
    process: query.get("process") ?? undefined,
    traceId: query.get("trace") ?? undefined,
    text: query.get("text") ?? undefined,
    warningsOnly: query.has("warnings"),
  });
}
