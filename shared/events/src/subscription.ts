import type { Lease, Place } from "./lease/lease.ts";
import type { LeasedConsumer } from "./lease/leases.ts";
import { reasonOf } from "./nats-error.ts";
import { Reader, type ReaderOptions } from "./reader.ts";
import { Receiver, type ReceiverOptions } from "./receiver.ts";
import { observeConsumer } from "./telemetry/observe-consumer.ts";

/** Options of a subscription. */
export type SubscriptionOptions = ReceiverOptions & Omit<ReaderOptions, "onFailure">;

const nowhere: Place = { stream: undefined, position: 0, settled: [] };

/** A durable consumer of a service. It receives and handles events while this process holds its lease. */
export class Subscription implements LeasedConsumer {
  readonly durable: string;
  readonly subject: string;
  readonly stream: string;
  readonly #options: SubscriptionOptions;
  readonly #forget: () => void;
  #receiver: Receiver | undefined;
  #reader: Reader | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.durable = options.durable;
    ({ subject: this.subject, stream: this.stream } = options.consumer.event);
    this.#forget = observeConsumer(options);
    options.onState(`${this.durable} has not started yet`);
  }

  begin(lease: Lease): void {
    const onFailure = (error: unknown, failures: number) => this.#report(error, failures);
    this.#receiver = new Receiver(this.#options, lease);
    this.#reader = new Reader({ ...this.#options, onFailure }, lease, this.#receiver);
  }

  place(): Place {
    return this.#reader?.place() ?? nowhere;
  }

  standBy(): void {
    this.#options.onState(undefined);
  }

  async end(drainMs: number): Promise<void> {
    await Promise.all([this.#reader?.close(), this.#receiver?.close(drainMs)]);
    this.#options.onState(undefined);
  }

  /** Ends its measurements. */
  close(): void {
    this.#forget();
  }

  #report(error: unknown, failures: number): void {
    const { durable, log, onState } = this.#options;
    const reason = reasonOf(error);
    onState(`${durable} gets no events: ${reason}`);
    if (failures === 4) log.warn({ consumer: durable, reason }, "waiting for events");
  }
}
