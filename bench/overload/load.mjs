// Makes calls, and counts their results.
import { createHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { order } from "../peers/messages.mjs";

/** The length of the parts of a load whose results are counted, in milliseconds. */
const partMs = 100;

/** Every so many calls ask the server when it had them. */
const tracedEvery = 4;

/** The part of the traced calls that took longest, whose time is split by place. */
const slowest = 0.02;

/** The same clock in all processes of a machine, in milliseconds. */
const clock = () => performance.timeOrigin + performance.now();

export class Load {
  #call;
  #startedAt = performance.now();
  #times = createHistogram();
  /** The accepted calls that ended while a call was open: the length of its wait, on a busy machine too. */
  #ahead = createHistogram();
  #loopDelay = monitorEventLoopDelay({ resolution: 1 });
  #made = 0;
  #accepted = 0;
  #cpu = process.cpuUsage();
  /** By the part in which they ended. */
  #parts = [];
  #others = new Map();
  /** Where traced calls were: before the server, in it, and after it, in milliseconds. */
  #traced = [];

  /** @param call the method that is called */
  constructor(call) {
    this.#call = call;
    this.#loopDelay.enable();
  }

  async make(request = order) {
    const startedAt = performance.now();
    const before = this.#accepted;
    const code = await this.#result(request);
    const now = performance.now();
    const at = Math.floor((now - this.#startedAt) / partMs);
    this.#parts[at] ??= { accepted: 0, rejected: 0, failed: 0, most: 0 };
    const part = this.#parts[at];
    if (code === "OK") {
      part.accepted += 1;
      part.most = Math.max(part.most, Math.round(now - startedAt));
      this.#accepted += 1;
      this.#ahead.record(Math.max(1, this.#accepted - before));
      this.#times.record(Math.max(1, Math.round((now - startedAt) * 1e6)));
    } else if (code === "RESOURCE_EXHAUSTED") part.rejected += 1;
    else {
      part.failed += 1;
      this.#others.set(code, (this.#others.get(code) ?? 0) + 1);
    }
  }

  #result(request) {
    const isTraced = this.#made++ % tracedEvery === 0;
    return (isTraced ? this.#trace(request) : this.#call(request)).then(
      () => "OK",
      (error) => error.code ?? String(error),
    );
  }

  async #trace(request) {
    const startedAt = clock();
    let times;
    await this.#call(request, {
      headers: { "x-times": "1" },
      onTrailers(trailers) {
        times = trailers.get("x-times");
      },
    });
    const now = clock();
    if (!times) return;
    const [arrivedAt, endedAt] = String(times).split(" ").map(Number);
    this.#traced.push({ before: arrivedAt - startedAt, inside: endedAt - arrivedAt, after: now - endedAt });
  }

  result(seconds) {
    const parts = Array.from(this.#parts, (part) => part ?? { accepted: 0, rejected: 0, failed: 0, most: 0 });
    const sum = (name) => parts.reduce((total, part) => total + part[name], 0);
    const [p50, p99] = [50, 99].map((percent) => this.#times.percentile(percent) / 1e6);
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#loopDelay.disable();
    return {
      seconds,
      made: this.#made,
      accepted: sum("accepted"),
      rejected: sum("rejected"),
      failed: sum("failed"),
      others: Object.fromEntries(this.#others),
      p50,
      p99,
      ahead: this.#ahead.percentile(99),
      loopDelayP99: this.#loopDelay.percentile(99) / 1e6,
      slowest: this.#slowest(),
      cpuMs: (user + system) / 1_000,
      parts,
    };
  }

  /** Returns the mean times of the slowest traced calls, by place. */
  #slowest() {
    const total = ({ before, inside, after }) => before + inside + after;
    const all = this.#traced.toSorted((one, other) => total(other) - total(one));
    const some = all.slice(0, Math.max(1, Math.round(all.length * slowest)));
    const mean = (name) => some.reduce((sum, one) => sum + one[name], 0) / Math.max(1, some.length);
    return { before: mean("before"), inside: mean("inside"), after: mean("after") };
  }
}
