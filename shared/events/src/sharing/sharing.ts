import { AsyncResource } from "node:async_hooks";
import type { Schema } from "@mesh/store";
import { LeaseLost } from "../lease/lease.ts";
import type { Transact } from "../transaction.ts";
import { addToInbox } from "./inbox-rows.ts";
import { ShareSize } from "./share-size.ts";
import { type Alone, type Member, SharedTransaction, type SharedTransactionOptions } from "./shared-transaction.ts";

/** Options of `Sharing`. */
export interface SharingOptions extends Omit<SharedTransactionOptions, "shareMs" | "published"> {
  /** Makes transactions of one event each. */
  readonly transact: Transact<Schema>;
  /** Has the outbox sent. */
  readonly poke: () => void;
}

/** A member that waits for its transaction. */
interface Waiting extends Member {
  readonly resolve: (handled: Promise<void> | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** The longest that events wait for others that have begun, in milliseconds. */
const gatherMs = 5;

/**
 * Handles the events of a lease, each once. Those that wait at the same time share a transaction, since its begin, inbox and
 * commit cost more than most handlers. If it fails, each is handled again in a transaction of its own.
 */
export class Sharing {
  readonly #options: SharingOptions;
  readonly #size = new ShareSize();
  /** A shared transaction is part of the span of no event. */
  readonly #root = new AsyncResource("SharedTransaction");
  #gathering: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The number of events that have begun and may still join. */
  #expected = 0;

  constructor(options: SharingOptions) {
    this.#options = options;
  }

  /** Expects an event, so that others wait for it. Returns the function that ends this. */
  expect(): () => void {
    this.#expected += 1;
    let isExpected = true;
    return () => {
      if (!isExpected) return;
      isExpected = false;
      this.#expected -= 1;
      this.#check();
    };
  }

  /** Handles an event in a transaction that it shares if others wait. Resolves when that has committed. */
  async handle(member: Member): Promise<void> {
    await member.slot.return();
    if (this.#size.current > 1) return this.#join(member);
    member.arrived();
    return this.handleAlone(member);
  }

  /** Handles an event in a transaction of its own. */
  async handleAlone({ id, context, work }: Alone): Promise<void> {
    const { durable, transact } = this.#options;
    const startedAt = performance.now();
    let handlersMs = 0;
    await transact(context, async (tx) => {
      if (!(await addToInbox(tx, durable, id))) return;
      const begunAt = performance.now();
      await work(tx);
      handlersMs = performance.now() - begunAt;
    });
    this.#size.committed({ handlersMs, count: 1, frameMs: performance.now() - startedAt - handlersMs });
  }

  #join(member: Member): Promise<void> {
    const { slot, arrived } = member;
    return new Promise((resolve, reject) => {
      // It runs on behalf of others, but as part of its own span.
      const work = AsyncResource.bind(member.work);
      this.#gathering.push({ ...member, work, resolve, reject });
      if (this.#gathering.length === 1) this.#timer = setTimeout(() => this.#begin(), gatherMs);
      // Others may begin in its slot, and join.
      slot.leave();
      arrived();
      this.#check();
    });
  }

  #check(): void {
    const { length } = this.#gathering;
    if (length > 0 && (this.#expected === 0 || length >= this.#size.current)) this.#begin();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    const members = this.#gathering;
    this.#gathering = [];
    this.#root.runInAsyncScope(() => void this.#handleAll(members));
  }

  /** Handles members in as many transactions as needed, in the slot of the first one. */
  async #handleAll(members: Waiting[]): Promise<void> {
    const [first, ...others] = members;
    if (!first) return;
    await first.slot.return();
    if (others.length === 0) return first.resolve(this.handleAlone(first));
    const slot = first.slot.handOver();
    let left = members;
    while (left.length > 1 && this.#size.current > 1) left = await this.#share(left);
    slot.leave();
    for (const member of left) member.resolve(this.#again(member));
  }

  /** Handles members in one transaction. Returns those that are left. */
  async #share(members: readonly Waiting[]): Promise<Waiting[]> {
    const { shareMs } = this.#size;
    let hasPublished = false;
    const published = () => {
      hasPublished = true;
    };
    const shared = new SharedTransaction<Waiting>({ ...this.#options, shareMs, published }, members);
    const startedAt = performance.now();
    try {
      await shared.run();
      const { handlersMs, begun } = shared;
      const frameMs = performance.now() - startedAt - handlersMs;
      this.#size.committed({ handlersMs, count: begun.length, frameMs });
      if (hasPublished) this.#options.poke();
      for (const { resolve } of shared.begun) resolve(undefined);
    } catch (error) {
      this.#size.pause();
      const last = shared.begun.at(-1);
      for (const member of shared.begun) {
        if (error instanceof LeaseLost) member.reject(error);
        else member.resolve(this.#again(member, member === last ? shared.settled() : undefined));
      }
    }
    return shared.waiting;
  }

  /** Handles a member alone. @param settled resolves when it is not being handled any more */
  async #again(member: Waiting, settled?: Promise<void>): Promise<void> {
    await settled;
    await member.slot.return();
    await this.handleAlone(member);
  }
}
