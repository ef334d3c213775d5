import { backoffMs, type Logger } from "@mesh/runtime";
import { noteEjection } from "../../telemetry/note.ts";
import { meanLatencyOf } from "./choose.ts";
import type { Endpoint } from "./endpoint.ts";
import { evidenceOf, rateOf, sumOf } from "./evidence.ts";
import { type FailureRow, type FailureRows, othersIn } from "./failure-rows.ts";
import { isAnswering } from "./serving.ts";
import { isUsable } from "./tiers.ts";

/** When a replica is ejected, and how it comes back. Times in milliseconds. */
const limits = {
  /** By how much its success rate is below that of the others, and from how many calls on. */
  rateBelow: 0.3,
  rateCalls: 10,
  /** The success rate of the others, at least: if they fail too, chance may have given it more of the requests that fail. */
  othersRate: 0.9,
  /** How many calls of a method fail in a row. */
  failedInRow: 3,
  /** How much more likely that is if it fails more often than the others, than if all fail alike for some requests. */
  evidence: Math.log(100_000),
  /** How long it is silent before it is asked, at least and in relation to its usual latency, and then has to answer. */
  silentMs: 500,
  silentLatencies: 4,
  answerMs: 500,
  /** The pauses before trials: of a replica that fails, whose trials are calls, and of a silent one, which is asked first. */
  pauses: {
    failing: { baseMs: 6_000, maxMs: 30_000 },
    silent: { baseMs: 1_000, maxMs: 30_000 },
  },
  /** The trials that must succeed. */
  trials: 3,
  /** After so long without an ejection the pauses begin again with the shortest. */
  forgetMs: 60_000,
};

/** The time between two looks for silent replicas, in milliseconds. */
const lookMs = 250;

/** The time after which the ends of calls count half as much, in milliseconds. */
const fadeMs = 5_000;

/** A timer that is later than this says that this process itself was busy, in milliseconds. */
const busyMs = 200;

/** What is kept of a replica that was ejected. */
interface Ejection {
  /** The ejections and trials that failed. */
  attempts: number;
  trialsLeft: number;
  readonly cause: keyof typeof limits.pauses;
  at: number;
  timer: NodeJS.Timeout | undefined;
}

/** Options of the detection. */
export interface OutlierOptions {
  readonly upstream: string;
  readonly log: Logger | undefined;
  /** Returns all replicas. */
  readonly endpoints: () => readonly Endpoint[];
  readonly rows: FailureRows;
  /** Called when a replica is ejected, on trial, or back. */
  readonly onChange: () => void;
}

/**
 * Ejects replicas that fail or do not respond while others do: at most half of them, rounded up, and never all. A replica fails
 * if chance would not bring its results were it like the others: a request that fails everywhere ejects none. After a pause
 * an ejected replica that answers a health check gets one call at a time; when three have succeeded, it is back.
 */
export class OutlierDetection {
  readonly #options: OutlierOptions;
  readonly #ejections = new WeakMap<Endpoint, Ejection>();
  readonly #asked = new WeakSet<Endpoint>();
  #looking: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #fadedAt = 0;

  constructor(options: OutlierOptions) {
    this.#options = options;
  }

  /** Starts or ends looking for silent replicas. */
  look(isOn: boolean): void {
    if (isOn && this.#looking) return;
    clearInterval(this.#looking);
    this.#looking = isOn ? setInterval(() => this.#lookForSilence(), lookMs).unref() : undefined;
  }

  /** Ejects a replica whose calls fail much more often than those of the others. */
  check(endpoint: Endpoint): void {
    if (!isUsable(endpoint)) return;
    if (this.#othersOf(endpoint).length === 0) return;
    const reason = this.#rowOf(endpoint) ?? this.#rateOf(endpoint);
    if (reason) this.#eject(endpoint, "failing", reason);
  }

  /** Takes the result of a trial. */
  settleTrial(endpoint: Endpoint, isSuccess: boolean): void {
    const ejection = this.#ejections.get(endpoint);
    if (!ejection || endpoint.standing !== "trial") return;
    if (!isSuccess) this.#failTrial(endpoint, ejection);
    else if (--ejection.trialsLeft <= 0) this.#readmit(endpoint, ejection);
  }

  /** Tries a replica that was ejected, now that it is connected again. */
  retry(endpoint: Endpoint): void {
    const ejection = this.#ejections.get(endpoint);
    if (ejection && endpoint.standing === "ejected") void this.#ask(endpoint, ejection);
  }

  /** Ends all that waits for a replica. */
  forget(endpoint: Endpoint): void {
    clearTimeout(this.#ejections.get(endpoint)?.timer);
    this.#ejections.delete(endpoint);
  }

  #othersOf(endpoint: Endpoint): Endpoint[] {
    return this.#options.endpoints().filter((one) => one !== endpoint && isUsable(one));
  }

  /** Returns why calls in a row say that a replica fails more often than the others; undefined: they don't. */
  #rowOf(endpoint: Endpoint): string | undefined {
    const row = this.#options.rows.of(endpoint).find(isOutlying);
    if (!row) return undefined;
    return `${row.failed} calls in a row failed, and ${percent(rateOf(othersIn(row)))} of those of the others succeed`;
  }

  /** The same of its last calls. */
  #rateOf(endpoint: Endpoint): string | undefined {
    const others = this.#othersOf(endpoint).filter(({ successes }) => successes.calls >= limits.rateCalls);
    if (others.length === 0 || endpoint.successes.calls < limits.rateCalls) return undefined;
    const own = endpoint.successes;
    const theirs = sumOf(others.map(({ successes }) => successes));
    if (
      rateOf(theirs) < limits.othersRate ||
      rateOf(own) >= rateOf(theirs) - limits.rateBelow ||
      evidenceOf(own, theirs) < limits.evidence
    )
      return undefined;
    return `${percent(rateOf(own))} of its calls succeed, and ${percent(rateOf(theirs))} of those of the others succeed`;
  }

  #lookForSilence(): void {
    const now = performance.now();
    this.#fade(now);
    const wasBusy = now - this.#lookedAt > lookMs + busyMs;
    this.#lookedAt = now;
    if (wasBusy) return;
    for (const endpoint of this.#options.endpoints()) {
      const tooLongMs = Math.max(limits.silentMs, limits.silentLatencies * endpoint.latency.at(now));
      if (endpoint.silentMs(now) < tooLongMs) continue;
      if (endpoint.isTrialOpen) void this.#askTrial(endpoint);
      else if (isUsable(endpoint) && !this.#asked.has(endpoint)) void this.#askSilent(endpoint, now);
    }
  }

  #fade(now: number): void {
    if (now - this.#fadedAt < fadeMs) return;
    this.#fadedAt = now;
    for (const { successes } of this.#options.endpoints()) successes.fade();
  }

  /** Fails the trial of a replica that is not there: its call may just take long. */
  async #askTrial(endpoint: Endpoint): Promise<void> {
    if (this.#asked.has(endpoint)) return;
    this.#asked.add(endpoint);
    const answers = await isAnswering(endpoint.health, limits.answerMs);
    this.#asked.delete(endpoint);
    if (!answers && endpoint.isTrialOpen) this.settleTrial(endpoint, false);
  }

  /** Asks a silent replica whether it is there: its calls may just take long. */
  async #askSilent(endpoint: Endpoint, now: number): Promise<void> {
    const since = now - endpoint.silentMs(now);
    this.#asked.add(endpoint);
    const answers = await isAnswering(endpoint.health, limits.answerMs);
    this.#asked.delete(endpoint);
    const answeredAt = performance.now();
    if (answers) endpoint.hear(answeredAt);
    if (answeredAt - now > limits.answerMs + busyMs) return;
    const isSilent = endpoint.lastResponseAt < since && isUsable(endpoint);
    if (!isSilent || !this.#othersOf(endpoint).some(({ lastResponseAt }) => lastResponseAt > since)) return;
    this.#eject(endpoint, "silent", `no response for ${Math.round(answeredAt - since)} ms`);
  }

  #eject(endpoint: Endpoint, cause: Ejection["cause"], reason: string): void {
    const all = this.#options.endpoints();
    const ejected = all.filter(({ standing }) => standing !== "in").length;
    const most = Math.min(Math.ceil(all.length / 2), all.length - 1);
    if (ejected >= most || this.#othersOf(endpoint).length === 0) return;
    const now = performance.now();
    const before = this.#ejections.get(endpoint);
    const attempts = before && now - before.at < limits.forgetMs ? before.attempts : 0;
    const ejection: Ejection = { attempts, trialsLeft: limits.trials, cause, at: now, timer: undefined };
    this.#ejections.set(endpoint, ejection);
    this.#options.log?.warn({ ...this.#nameOf(endpoint), reason }, "a replica is ejected");
    noteEjection(this.#options.upstream);
    this.#pause(endpoint, ejection);
    if (cause === "silent") endpoint.giveUp();
  }

  #pause(endpoint: Endpoint, ejection: Ejection): void {
    endpoint.standing = "ejected";
    endpoint.startAfresh();
    clearTimeout(ejection.timer);
    const ask = () => void this.#ask(endpoint, ejection);
    ejection.timer = setTimeout(ask, backoffMs(ejection.attempts++, limits.pauses[ejection.cause])).unref();
    this.#options.onChange();
  }

  /** Begins the trial of a replica, if it answers. One that is not connected is tried when it is. */
  async #ask(endpoint: Endpoint, ejection: Ejection): Promise<void> {
    const isCurrent = () => this.#ejections.get(endpoint) === ejection && endpoint.standing === "ejected";
    if (!isCurrent() || !endpoint.isConnected) return;
    const answers = await isAnswering(endpoint.health, limits.answerMs);
    if (!isCurrent()) return;
    if (!answers) {
      this.#pause(endpoint, ejection);
      return;
    }
    endpoint.hear(performance.now());
    endpoint.standing = "trial";
    ejection.trialsLeft = limits.trials;
    this.#options.onChange();
  }

  #failTrial(endpoint: Endpoint, ejection: Ejection): void {
    ejection.at = performance.now();
    this.#pause(endpoint, ejection);
  }

  #readmit(endpoint: Endpoint, ejection: Ejection): void {
    clearTimeout(ejection.timer);
    ejection.at = performance.now();
    endpoint.standing = "in";
    endpoint.startAfresh();
    endpoint.latency.assume(meanLatencyOf(this.#othersOf(endpoint)), ejection.at);
    this.#options.log?.info(this.#nameOf(endpoint), "the replica is back");
    this.#options.onChange();
  }

  #nameOf({ replica: { id, address, version } }: Endpoint) {
    return { upstream: this.#options.upstream, replica: id, address, ...(version && { version }) };
  }
}

function isOutlying(row: FailureRow): boolean {
  const { failed } = row;
  return failed >= limits.failedInRow && evidenceOf({ failed, succeeded: 0 }, othersIn(row)) >= limits.evidence;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
