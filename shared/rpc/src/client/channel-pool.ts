import type { Channel } from "@grpc/grpc-js";

/**
 * The resets after which a connection gets no new calls. nghttp2, on which Node's servers run, closes a connection with all
 * its calls after a burst of about 1,000 resets, which it refills by 33 a second. Calls that are open by then may be reset too.
 */
const resets = { burst: 500, perSecond: 30 };

/** The most channels of a pool, and the most calls on one of them; more calls wait on the one with the fewest. */
export interface PoolLimits {
  readonly channels: number;
  readonly callsEach: number;
}

/** A channel and its use. */
export interface PooledChannel {
  readonly channel: Channel;
  /** The calls that are open. */
  calls: number;
  /** The resets that it may still send at `countedAt`, in milliseconds since the epoch. */
  resetsLeft: number;
  countedAt: number;
}

/** Channels to one address, each with a connection of its own. */
export class ChannelPool {
  readonly #open: () => Channel;
  readonly #limits: PoolLimits;
  readonly #usable: PooledChannel[] = [];
  readonly #retired = new Set<PooledChannel>();

  /** @param open opens a channel that shares no connection */
  constructor(open: () => Channel, limits: PoolLimits) {
    this.#open = open;
    this.#limits = limits;
  }

  /** The number of calls that are open. */
  get openCalls(): number {
    return this.#usable.reduce((sum, { calls }) => sum + calls, 0);
  }

  /** Returns a channel for calls to come. */
  first(): Channel {
    return (this.#usable[0] ?? this.#add()).channel;
  }

  /** Returns the channel for a call, and counts the call as open. */
  take(): PooledChannel {
    const { channels, callsEach } = this.#limits;
    const free = this.#usable.find(({ calls }) => calls < callsEach);
    const taken = free ?? (this.#usable.length < channels ? this.#add() : this.#leastUsed());
    taken.calls += 1;
    return taken;
  }

  /** Counts a call as ended. A channel with too many resets gets no more calls, and is closed with the last of its calls. */
  release(used: PooledChannel, wasReset: boolean): void {
    used.calls -= 1;
    if (wasReset && countReset(used) <= 0) this.#retire(used);
    if (used.calls === 0 && this.#retired.delete(used)) used.channel.close();
  }

  /** Returns whether a channel gets new calls. */
  isInUse(used: PooledChannel): boolean {
    return this.#usable.includes(used);
  }

  /** Gives new calls to new channels. Those in use are closed with the last of their calls. */
  retireAll(): void {
    for (const used of [...this.#usable]) {
      this.#retire(used);
      if (used.calls === 0 && this.#retired.delete(used)) used.channel.close();
    }
  }

  /** Closes all channels. */
  close(): void {
    for (const { channel } of [...this.#usable, ...this.#retired]) channel.close();
  }

  #add(): PooledChannel {
    const added = { channel: this.#open(), calls: 0, resetsLeft: resets.burst, countedAt: Date.now() };
    this.#usable.push(added);
    return added;
  }

  #leastUsed(): PooledChannel {
    return this.#usable.reduce((least, one) => (one.calls < least.calls ? one : least));
  }

  #retire(used: PooledChannel): void {
    const at = this.#usable.indexOf(used);
    if (at < 0) return;
    this.#usable.splice(at, 1);
    this.#retired.add(used);
  }
}

/** Counts a reset. Returns how many more may follow now. */
function countReset(used: PooledChannel): number {
  const now = Date.now();
  const refill = ((now - used.countedAt) / 1_000) * resets.perSecond;
  used.resetsLeft = Math.min(used.resetsLeft + refill, resets.burst) - 1;
  used.countedAt = now;
  return used.resetsLeft;
}
