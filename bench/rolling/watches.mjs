// Streams of WatchOrder by the gateway, which carries them on at another replica. A new one begins each second, and the oldest
// ends if too many are open. Its order is paid three seconds later, so steps happen at all times of a restart.
import { setTimeout as pause } from "node:timers/promises";
import { Failures } from "./failures.mjs";
import { customerCount } from "./mesh.mjs";

const everyMs = 1_000;

/** From the order to its last step, on a busy machine. */
const stepsWithinMs = 60_000;

/** The steps of an order that is paid, by number. */
const expected = "1,2";

export class Watches {
  #mesh;
  #most;
  #watches = [];
  #failures = new Failures();
  #counts = { opened: 0, complete: 0, failed: 0 };
  #ending = new AbortController();
  #loop;

  constructor(mesh, most) {
    this.#mesh = mesh;
    this.#most = most;
    this.#loop = most > 0 ? this.#run() : undefined;
  }

  async end() {
    this.#ending.abort();
    await this.#loop;
    await Promise.all(this.#watches.splice(0).map((watch) => this.#check(watch)));
    return { ...this.#counts, failures: this.#failures.result() };
  }

  async #run() {
    while (!this.#ending.signal.aborted) {
      if (this.#watches.length === this.#most) await this.#check(this.#watches.shift());
      // The customers in turn, because one may have five streams.
      this.#watches.push(new Watch(this.#mesh, this.#counts.opened % customerCount));
      this.#counts.opened += 1;
      await pause(everyMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  /** Ends a stream once it has all steps. */
  async #check(watch) {
    try {
      const steps = await watch.end();
      if (steps !== expected) throw new Error(`the steps were ${steps} instead of ${expected}`);
      this.#counts.complete += 1;
    } catch (error) {
      this.#counts.failed += 1;
      this.#failures.add("WatchOrder", error);
    }
  }
}

/** One order and its stream. */
class Watch {
  #leaving = new AbortController();
  #steps = [];
  #complete = withResolvers();
  #reading;

  constructor(mesh, customer) {
    this.#reading = this.#read(mesh, customer);
    this.#reading.catch(this.#complete.reject);
    this.#complete.promise.catch(() => undefined); // `end` reports it.
  }

  async end() {
    const late = new AbortController();
    const timeout = pause(stepsWithinMs, undefined, { signal: late.signal }).then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([this.#complete.promise, timeout]);
    late.abort();
    this.#leaving.abort();
    await this.#reading;
    return String(this.#steps);
  }

  async #read(mesh, customer) {
    const id = await mesh.placeOrder({ customer, paymentToken: "tok_slow" });
    const { signal } = this.#leaving;
    try {
      const { body } = await mesh.request(`/v1/orders/${id}:watch`, { customer, signal });
      for await (const { result, error } of linesOf(body)) {
        if (error) throw Object.assign(new Error(error.detail), { code: error.code });
        this.#steps.push(result.step.number);
        if (result.step.number === 2) this.#complete.resolve();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (!signal.aborted) throw new Error("the stream ended");
  }
}

/** Returns the objects of a body of lines of JSON. */
async function* linesOf(body) {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) yield JSON.parse(line);
  }
}

/** As `Promise.withResolvers`, which Node has from 22. */
function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
