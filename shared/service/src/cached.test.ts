import { randomUUID } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import {
  type GetPaymentResponse,
  GetPaymentResponseSchema,
  PaymentService,
  PaymentStatus,
} from "@mesh/contracts/testing/payments/v1";
import { connect } from "@mesh/rpc";
import { createLifecycle, createLogger, type Scope } from "@mesh/runtime";
import { testNats } from "@mesh/testing";
import { scopeOf, testTokens } from "@mesh/testing/service";
import { describe, expect, it, onTestFinished } from "vitest";
import { type CachedOptions, cached, openServices, service } from "./index.ts";

const log = createLogger({ name: "test", level: "silent" });
const order = randomUUID();
const [ada, bob] = [randomUUID(), randomUUID()];

/** Computes payments. */
type Load = (orderId: string, context: Scope) => Promise<unknown>;

/** The payments of one mesh, and how often they were computed. */
function payments(options: Partial<CachedOptions<GetPaymentResponse>> = {}, load: Load = async () => {}) {
  let runs = 0;
  const name = "payments";
  const paymentOf = cached({ name, ttlMs: 60_000, ...options }, async (orderId: string, context) => {
    runs += 1;
    const amount = { minorUnits: BigInt(runs), currency: "EUR" };
    await load(orderId, context);
    const status = PaymentStatus.PAYMENT_STATUS_AUTHORIZED;
    return { payment: { id: randomUUID(), orderId, amount, status, createdAt: new Date() } };
  });
  const described = service(
    PaymentService,
    {},
    {
      getPayment: ({ orderId }, context) => paymentOf(context, orderId),
      async refundPayment({ orderId }, context) {
        await paymentOf.forget(context, orderId);
        const amount = { minorUnits: 1n, currency: "EUR" };
        const status = PaymentStatus.PAYMENT_STATUS_REFUNDED;
        return { payment: { id: orderId, orderId, amount, status, createdAt: new Date() } };
      },
    },
  );

  /** Starts a process of the service. Returns what gets the payment of an order as a customer, and what forgets it. */
  async function start(natsUrl?: string) {
    const life = createLifecycle({ log });
    const config = { host: "127.0.0.1", port: 0, natsUrl, peers: {}, drainMs: 500 };
    const parts = { life, log, tokens: await testTokens("payments") };
    const { server } = await openServices([{ service: described, settings: {} }], config, parts);
    const upstream = connect(PaymentService, { address: server.address, tokens: await testTokens("gateway") });
    onTestFinished(async () => {
      await upstream.close();
      await life.close();
    });
    const as = (id: string) => upstream.bind(scopeOf({ kind: "customer", id }));
    return {
      /** Returns the number of the computation. */
      get: async (id = ada) => Number((await as(id).getPayment({ orderId: order })).payment?.amount?.minorUnits),
      forget: async () => void (await as(ada).refundPayment({ orderId: order })),
    };
  }
  return { start, runs: () => runs };
}

describe("a cached function", () => {
  it("computes once for all callers, until it is told to forget", async () => {
    const { start } = payments();
    const { get, forget } = await start();
    expect([await get(), await get(bob)]).toEqual([1, 1]);
    await forget();
    expect(await get()).toBe(2);
  });

  it("computes again after its time", async () => {
    const { start } = payments({ ttlMs: 50 });
    const { get } = await start();
    expect(await get()).toBe(1);
    await expect.poll(get).toBeGreaterThan(1);
  });

  it("shares a computation, and its error, which is not kept", async () => {
    let fail = () => {};
    const failing = new Promise<void>((_, reject) => {
      fail = () => reject(new MeshError({ code: "ABORTED", message: "later" }));
    });
    const { start, runs } = payments({}, () => (runs() === 1 ? failing : Promise.resolve()));
    const { get } = await start();
    const both = [get(), get(bob)];
    await expect.poll(runs).toBe(1);
    fail();
    for (const call of both) await expect(call).rejects.toMatchObject({ code: "ABORTED" });
    expect(await get()).toBe(2);
  });

  it("computes without a principal, or for each user", async () => {
    const users: unknown[] = [];
    const note: Load = async (_, { principal }) => users.push(principal?.id);
    const forAll = await payments({}, note).start();
    await forAll.get();
    const forEach = await payments({ perUser: true }, note).start();
    expect([await forEach.get(), await forEach.get(bob), await forEach.get()]).toEqual([1, 2, 1]);
    expect(users).toEqual([undefined, ada, bob]);
  });
});

describe("a cached function whose results are shared", () => {
  it("computes once for all processes, and one of them forgets for all", async () => {
    await using nats = await testNats();
    const { start, runs } = payments({ shared: GetPaymentResponseSchema });
    const [one, other] = [await start(nats.url), await start(nats.url)];
    await connected(one, other);
    const before = runs();
    await one.forget();
    expect([await other.get(), await one.get()]).toEqual([before + 1, before + 1]);
  });

  it("does not share a result that was computed before it was forgotten", async () => {
    await using nats = await testNats();
    let isHeld = false;
    let end = () => {};
    const { start, runs } = payments({ shared: GetPaymentResponseSchema }, () => {
      if (!isHeld) return Promise.resolve();
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    });
    const [one, other] = [await start(nats.url), await start(nats.url)];
    await connected(one, other);
    await one.forget();
    isHeld = true;
    const before = runs();
    const early = one.get();
    await expect.poll(runs).toBe(before + 1);
    isHeld = false;
    await other.forget();
    end();
    expect([await early, await other.get()]).toEqual([before + 1, before + 2]);
  });

  it("computes without NATS, and does not claim to forget", async () => {
    const nats = await testNats();
    const { start, runs } = payments({ shared: GetPaymentResponseSchema });
    const { get, forget } = await start(nats.url);
    await connected({ get });
    await nats[Symbol.asyncDispose]();
    const before = runs();
    await expect.poll(get).toBeGreaterThan(before);
    await expect(forget()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

interface Getter {
  get(): Promise<number>;
}

/** Waits until processes get the same result twice: before NATS is connected, each call computes. */
async function connected(...processes: readonly Getter[]): Promise<void> {
  const numbers = async () => {
    const all: number[] = [];
    for (const { get } of [...processes, ...processes]) all.push(await get());
    return new Set(all).size;
  };
  await expect.poll(numbers).toBe(1);
}
