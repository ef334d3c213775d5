import type { Policy } from "@mesh/contracts/mesh/v1";
import type { PolicySource } from "@mesh/rpc";
import { type Logger, repeat } from "@mesh/runtime";
import type { KV, KvEntry } from "nats";
import type { Bus } from "../bus.ts";
import { BucketWatch } from "../kv/bucket-watch.ts";
import { reasonOf } from "../nats-error.ts";
import { openPolicyBucket, policyKey } from "./bucket.ts";
import { policyOf } from "./entry.ts";
import { revisionsIn } from "./revisions.ts";

/** Options of the policy in NATS. */
export interface NatsPolicyOptions {
  readonly bus: Bus;
  readonly log: Logger;
}

/** A source that can be closed. */
export interface NatsPolicy extends PolicySource {
  /** Ends the watch. The policy that is known stays in force. */
  close(): Promise<void>;
}

/** The pause between two checks whether the bucket is still the same, in milliseconds. */
const checkMs = 5_000;

/**
 * Reads the policy of the mesh from NATS, and each change of it, in the background: NATS need not run yet.
 *
 * A policy that is not valid is a warning in the log, and the last valid one stays; a process that starts then reads it from the
 * history. While NATS is down, or after it has lost its data, the known policy stays in force.
 *
 * @example
 * ```ts no-run
 * import { connectBus, natsPolicy } from "@mesh/events";
 * import { createLogger } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "script" });
 * const bus = connectBus({ url: "nats://127.0.0.1:4222", name: "script", log });
 * const policy = natsPolicy({ bus, log });
 * policy.watch(({ rules }) => console.info(rules.length));
 * await policy.close();
 * await bus.close();
 * ```
 */
export function natsPolicy(options: NatsPolicyOptions): NatsPolicy {
  return new WatchedPolicy(options);
}

class WatchedPolicy implements NatsPolicy {
  readonly #bus: Bus;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(policy: Policy) => void>();
  readonly #timer: NodeJS.Timeout;
  readonly #following: Promise<void>;
  #watch: BucketWatch | undefined;
  #known: Policy | undefined;
  /** The JSON of the entry that was used last, so that reading it again after an outage changes nothing. */
  #text = "";
  #isReported = false;

  constructor({ bus, log }: NatsPolicyOptions) {
    this.#bus = bus;
    this.#log = log;
    this.#timer = setInterval(() => void this.#watch?.check(), checkMs).unref();
    this.#following = this.#follow();
  }

  watch(onChange: (policy: Policy) => void): () => void {
    this.#listeners.add(onChange);
    if (this.#known) onChange(this.#known);
    return () => void this.#listeners.delete(onChange);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    this.#watch?.end();
    await this.#following;
  }

  #follow(): Promise<void> {
    return repeat((succeed) => this.#read(succeed), {
      signal: this.#closing.signal,
      intervalMs: 20,
      backoff: { maxMs: 1_000 },
      onFailure: (error) => this.#reportFailure(error),
      onRecovery: () => {
        if (this.#isReported) this.#log.info("the policy of the mesh can be read again");
        this.#isReported = false;
      },
    });
  }

  /** Reads the policy until NATS is lost, or the bucket is another one. */
  async #read(succeed: () => void): Promise<void> {
    const connection = await this.#bus.connected(this.#closing.signal);
    const watch = new BucketWatch(await openPolicyBucket(connection), [policyKey], () => {});
    const unlisten = this.#bus.onChange((current) => current === connection || watch.end());
    if (this.#closing.signal.aborted) watch.end();
    this.#watch = watch;
    try {
      for await (const entry of watch.entries(succeed)) await this.#apply(entry, watch.bucket);
    } finally {
      this.#watch = undefined;
      unlisten();
    }
  }

  async #apply(entry: KvEntry, bucket: KV): Promise<void> {
    const { revision } = entry;
    try {
      this.#use(policyOf(entry), revision, entry.string());
    } catch (error) {
      this.#log.warn(
        { revision, reason: reasonOf(error) },
        "the policy of the mesh is not valid; the last valid one stays",
      );
      if (!this.#known) await this.#useOlder(bucket, revision);
    }
  }

  async #useOlder(bucket: KV, before: number): Promise<void> {
    const older = (await revisionsIn(bucket)).find(({ revision, policy }) => policy && revision < before);
    if (older?.policy && !this.#known) this.#use(older.policy, older.revision, "");
  }

  #use(policy: Policy, revision: number, text: string): void {
    if (this.#known && this.#text === text) return;
    this.#known = policy;
    this.#text = text;
    this.#log.info({ revision, rules: policy.rules.length }, "the policy of the mesh has changed");
    for (const listener of this.#listeners) listener(policy);
  }

  /** Reports once why the policy can't be read. The bus reports when NATS is lost. */
  #reportFailure(error: unknown): void {
    if (this.#isReported || !this.#bus.current()) return;
    this.#isReported = true;
    this.#log.warn({ reason: reasonOf(error) }, "the policy of the mesh can't be read; the known one stays in force");
  }
}
