// The client process: makes calls at a rate, whatever happens to them, or some at a time.
import { createHistogram } from "node:perf_hooks";
import { OrderService } from "@mesh/contracts/orders/v1";
import { connect } from "@mesh/rpc";
import { answer, options } from "../mesh/child.mjs";
import { order } from "../peers/messages.mjs";

/** The length of the parts of a load whose results are counted, in milliseconds. */
const partMs = 100;

let placeOrder;

answer({
  connect(address) {
    const { client } = connect(OrderService, { address, mux: options.mux });
    placeOrder = (request) => client.placeOrder(request, { timeoutMs: 20_000 });
  },
  /** Keeps `inFlight` calls open. */
  closed: async ({ inFlight, seconds }) => {
    const load = new Load();
    const endsAt = performance.now() + seconds * 1_000;
    const work = async () => {
      while (performance.now() < endsAt) await load.make(order);
    };
    await Promise.all(Array.from({ length: inFlight }, work));
    return load.result(seconds);
  },
  /** Begins `rate` calls a second. */
  open: async ({ rate, seconds }) => {
    const load = new Load();
    const startedAt = performance.now();
    const calls = [];
    for (let begun = 0; begun < rate * seconds; ) {
      const due = Math.min(rate * seconds, ((performance.now() - startedAt) * rate) / 1_000);
      for (; begun < due; begun++) calls.push(load.make(order));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(calls);
    return load.result(seconds);
  },
  /** Begins calls that stay open. */
  hold: (calls) => {
    for (let begun = 0; begun < calls; begun++) placeOrder({ ...order, email: "hold@example.com" }).catch(() => {});
  },
});
process.send({ result: "ready" });

/** Counts the results of calls. */
class Load {
  #startedAt = performance.now();
  #times = createHistogram();
  /** The accepted calls that ended while a call was open: the length of its wait, on a busy machine too. */
  #ahead = createHistogram();
  #accepted = 0;
  #cpu = process.cpuUsage();
  /** By the part in which they ended. */
  #parts = [];
  #others = new Map();

  async make(request) {
    const startedAt = performance.now();
    const before = this.#accepted;
    const code = await placeOrder(request).then(
      () => "OK",
      (error) => error.code ?? String(error),
    );
    const now = performance.now();
    const at = Math.floor((now - this.#startedAt) / partMs);
    this.#parts[at] ??= { accepted: 0, rejected: 0, failed: 0 };
    if (code === "OK") {
      this.#parts[at].accepted += 1;
      this.#accepted += 1;
      this.#ahead.record(this.#accepted - before);
      this.#times.record(Math.max(1, Math.round((now - startedAt) * 1e6)));
    } else if (code === "RESOURCE_EXHAUSTED") this.#parts[at].rejected += 1;
    else {
      this.#parts[at].failed += 1;
      this.#others.set(code, (this.#others.get(code) ?? 0) + 1);
    }
  }

  result(seconds) {
    const parts = Array.from(this.#parts, (part) => part ?? { accepted: 0, rejected: 0, failed: 0 });
    const sum = (name) => parts.reduce((total, part) => total + part[name], 0);
    const [p50, p99] = [50, 99].map((percent) => this.#times.percentile(percent) / 1e6);
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      seconds,
      accepted: sum("accepted"),
      rejected: sum("rejected"),
      failed: sum("failed"),
      others: Object.fromEntries(this.#others),
      p50,
      p99,
      ahead: this.#ahead.percentile(99),
      cpuMs: (user + system) / 1_000,
      parts,
    };
  }
}
