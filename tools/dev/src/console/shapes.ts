// The JSON that the console's server sends to its page.

/** A value of an attribute. Lists and maps are JSON. */
export type AttributeValue = string | number | boolean;

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** A part of a trace. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: the trace begins with it. */
  readonly parentId: string;
  /** The name of the process, such as `orders`. */
  readonly process: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  /** Milliseconds since the epoch, with a fraction. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly isError: boolean;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
}

/** What happened in a span, such as a retry. */
export interface SpanEvent {
  readonly name: string;
  /** Milliseconds since the epoch, with a fraction. */
  readonly atMs: number;
  readonly attributes: Attributes;
}

/** A row of the list of traces. */
export interface TraceSummary {
  readonly traceId: string;
  /** The name of its first span. */
  readonly name: string;
  /** The process of its first span. */
  readonly process: string;
  readonly startMs: number;
  /** The duration of its first span. What events caused may go on after it. */
  readonly durationMs: number;
  readonly spans: number;
  readonly processes: readonly string[];
  readonly errors: number;
  readonly retries: number;
}

/** The traces that match a filter. */
export interface TraceList {
  /** The latest first, at most 200. */
  readonly traces: readonly TraceSummary[];
  /** The number that match. */
  readonly matching: number;
  /** The number of traces in memory. */
  readonly kept: number;
  /** The address of the developer's collector, which gets the traces instead of the console. */
  readonly sentTo: string | null;
}

/** One trace with all of its spans. */
export interface TraceDetail {
  readonly traceId: string;
  /** In the order of their start; empty: the trace is not in memory. */
  readonly spans: readonly Span[];
}

/** Measurements of a kind of call, request or event. */
export interface Rates {
  /** Per second; null: it was measured only once. */
  readonly rate: number | null;
  /** The part that failed, from 0 to 1; null: there was none. */
  readonly errors: number | null;
  /** Milliseconds; null: there was none. */
  readonly p99Ms: number | null;
  /** The number in the time that is measured. */
  readonly count: number;
}

/** Measurements of one method, route or subject. */
export interface MethodRates extends Rates {
  readonly name: string;
  readonly kind: "call" | "request" | "event";
}

/** A process of the mesh. */
export interface ProcessRow extends Rates {
  readonly name: string;
  readonly kind: "service" | "gateway" | "web";
  readonly state: "starting" | "ready" | "crashed" | "broken" | "stopped";
  readonly pid: number | null;
  readonly address: string;
  readonly methods: readonly MethodRates[];
  /** Physical memory in bytes; null: unknown. */
  readonly memory: number | null;
  /** Calls or requests per second, one value for each measurement, the latest last. */
  readonly history: readonly number[];
}

/** The processes, and what was measured. */
export interface ServiceList {
  readonly project: string;
  readonly processes: readonly ProcessRow[];
  /** The time that the measurements cover, in seconds; null: since the processes started. */
  readonly windowS: number | null;
}

/** A consumer of a stream. */
export interface ConsumerRow {
  readonly name: string;
  readonly subjects: readonly string[];
  /** Messages that it did not get yet. */
  readonly lag: number;
  /** Messages that it has, and that are not acknowledged. */
  readonly pending: number;
  readonly redelivered: number;
}

/** A stream of NATS. */
export interface StreamRow {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly messages: number;
  readonly bytes: number;
  /** Null: it has no limit. */
  readonly maxBytes: number | null;
  /** ISO 8601; null: it is empty. */
  readonly lastAt: string | null;
  readonly consumers: readonly ConsumerRow[];
  /** Whether it holds the keys of a bucket. */
  readonly isBucket: boolean;
}

/** An event that a consumer could not handle. */
export interface DeadLetterRow {
  readonly sequence: number;
  /** The id of the event. */
  readonly id: string;
  readonly subject: string;
  readonly consumer: string;
  readonly reason: string;
  readonly deliveries: string;
  readonly traceId: string | null;
  /** ISO 8601. */
  readonly at: string;
  /** The first 2,000 characters. */
  readonly payload: string;
}

/** The streams, and the latest dead letters. */
export interface StreamList {
  readonly streams: readonly StreamRow[];
  readonly deadLetters: readonly DeadLetterRow[];
}

/** The jobs of one name. */
export interface JobQueue {
  readonly name: string;
  readonly due: number;
  readonly later: number;
  readonly running: number;
  /** Those that ended in the last minutes: later they are in an archive. */
  readonly completed: number;
  readonly failed: number;
}

/** A job. */
export interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly state: "waiting" | "running" | "completed" | "failed" | "cancelled";
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  /** Of the last attempt; null: none has begun. */
  readonly durationMs: number | null;
  readonly traceId: string | null;
  readonly failure: string | null;
  /** Null: it has not reported any progress. */
  readonly done: number | null;
  readonly total: number | null;
  readonly note: string | null;
}

/** A schedule. */
export interface ScheduleRow {
  readonly name: string;
  readonly target: string;
  readonly kind: "once" | "every" | "cron";
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly everyMs: number | null;
  readonly isPaused: boolean;
  /** Milliseconds since the epoch. */
  readonly nextMs: number;
  readonly lastMs: number | null;
}

/** The jobs and schedules of a service, the latest jobs first. */
export interface JobList {
  readonly app: string;
  readonly queues: readonly JobQueue[];
  readonly jobs: readonly JobRow[];
  readonly schedules: readonly ScheduleRow[];
}

/** A table of a database. */
export interface TableRow {
  readonly schema: string;
  readonly name: string;
  /** Of a table above 16 MB an estimate; -1: unknown. */
  readonly rows: number;
  readonly bytes: number;
}

/** A database of a service. */
export interface DatabaseRow {
  readonly name: string;
  readonly app: string;
  readonly tables: readonly TableRow[];
}

/** The first rows of a table. */
export interface TableContent {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Values as text of up to 300 characters; null: NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly isComplete: boolean;
}

/** A line of a log. */
export interface LogLine {
  readonly process: string;
  /** Milliseconds since the epoch; null: the line has no time. */
  readonly atMs: number | null;
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | null;
  readonly text: string;
  readonly traceId: string | null;
  /** Further fields, as `name=value`. */
  readonly details: string;
  readonly stack: string | null;
}

/** The lines that match a filter, the latest last. */
export interface LogList {
  readonly lines: readonly LogLine[];
  /** Whether there are more lines before them. */
  readonly hasMore: boolean;
}
