import type { KV, KvEntry, StreamInfo } from "nats";

/** The longest wait for the first entries, in milliseconds: they may expire while they are read. */
const firstReadMs = 2_000;

/** One watch of some keys in a bucket. */
export class BucketWatch {
  readonly bucket: KV;
  readonly #keys: readonly string[];
  readonly #onRead: () => void;
  readonly #ending = new AbortController();
  #isRead = false;
  /** The bucket when the watch began. */
  #created: string | undefined;
  #lastRevision = 0;

  /**
   * @param keys keys, or patterns of them: `orders.*`
   * @param onRead called when everything was read that was in the bucket
   */
  constructor(bucket: KV, keys: readonly string[], onRead: () => void) {
    this.bucket = bucket;
    this.#keys = keys;
    this.#onRead = onRead;
  }

  /** Whether everything was read that was in the bucket, and the watch goes on. */
  get isRead(): boolean {
    return this.#isRead && !this.#ending.signal.aborted;
  }

  end(): void {
    this.#ending.abort();
  }

  /**
   * Returns the last entry of each key, and then each change, until the watch ends.
   *
   * @param onOpen called once the watch has begun
   */
  async *entries(onOpen: () => void): AsyncGenerator<KvEntry, void> {
    const { signal } = this.#ending;
    this.#created = (await this.#info()).created;
    const onRead = () => {
      this.#isRead = true;
      this.#onRead();
    };
    const watched = await this.bucket.watch({ key: [...this.#keys], initializedFn: onRead });
    const stop = () => watched.stop();
    signal.addEventListener("abort", stop);
    const timer = setTimeout(onRead, firstReadMs);
    try {
      if (signal.aborted) return;
      onOpen();
      for await (const entry of watched) {
        this.#lastRevision = Math.max(this.#lastRevision, entry.revision);
        yield entry;
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      stop();
    }
  }

  /** Ends the watch if the bucket was lost and created again: a watch of the old one receives nothing any more. */
  async check(): Promise<void> {
    if (!this.isRead) return;
    // NATS reports when it is lost.
    const info = await this.#info().catch(() => undefined);
    if (info && (info.created !== this.#created || info.state.last_seq < this.#lastRevision)) this.end();
  }

  async #info(): Promise<StreamInfo> {
    return (await this.bucket.status()).streamInfo;
  }
}
