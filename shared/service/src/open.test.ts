import { PaymentService, PaymentStatus } from "@mesh/contracts/payments/v1";
import { connect } from "@mesh/rpc";
import { createLifecycle, type Lifecycle } from "@mesh/runtime";
import { recordedLog, scopeOf } from "@mesh/testing/service";
import { expect, test, vi } from "vitest";
import { customerOf } from "./customer.ts";
import { openService } from "./open.ts";
import { service } from "./service.ts";
import { every } from "./tasks.ts";

const config = { host: "127.0.0.1", port: 0, databaseUrl: undefined, natsUrl: undefined, peers: {}, drainMs: 100 };

const payment = (id: string) => ({
  id,
  orderId: id,
  amount: { minorUnits: 2n ** 63n - 1n, currency: "EUR" },
  status: PaymentStatus.PAYMENT_STATUS_AUTHORIZED,
  createdAt: new Date(-1),
});

/** A lifecycle that notes in which sequence its parts were closed. */
function recordedLife(log: Parameters<typeof openService>[2]["log"]) {
  const closed: string[] = [];
  const life = createLifecycle({ log, closeTimeoutMs: 5_000 });
  const onClose: Lifecycle["onClose"] = (name, close) => {
    life.onClose(name, async () => {
      await close();
      closed.push(name);
    });
  };
  return { life: { ...life, onClose }, closed };
}

test("a service without store, events and peers answers, and its settings and caller reach its handlers", async () => {
  const small = service(
    PaymentService,
    {},
    {
      getPayment: async ({ orderId }) => ({ payment: payment(orderId) }),
      refundPayment: async (_, context) => ({ payment: payment(customerOf(context)) }),
    },
  );
  const { log } = recordedLog();
  const { life, closed } = recordedLife(log);
  const { server, health } = await openService(small, { ...config, own: {} }, { life, log });
  expect(health.ready()).toBe(true);
  const peer = connect(PaymentService, { address: server.address });
  const orderId = crypto.randomUUID();
  expect(await peer.client.getPayment({ orderId })).toEqual({ payment: payment(orderId) });
  const id = crypto.randomUUID();
  const answer = await peer.bind(scopeOf({ kind: "customer", id })).refundPayment({ orderId });
  expect(answer.payment?.id).toBe(id);
  for (const principal of [undefined, { kind: "service", id } as const, { kind: "customer", id: "ada" } as const]) {
    const refused = peer.bind(scopeOf(principal)).refundPayment({ orderId });
    await expect(refused).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  }
  await peer.close();
  await life.close();
  expect(closed).toEqual(["tasks", "server", "peers"]);
});

test("a port that is taken is an error, and what was opened before it can be closed", async () => {
  const { log } = recordedLog();
  const { life } = recordedLife(log);
  const small = service(PaymentService, {}, { getPayment: never, refundPayment: never });
  const { server } = await openService(small, { ...config, own: {} }, { life, log });
  const second = recordedLife(log);
  const opening = openService(small, { ...config, port: server.port, own: {} }, { life: second.life, log });
  await expect(opening).rejects.toThrow(/EADDRINUSE|in use|bind/i);
  await second.life.close();
  expect(second.closed).toEqual(["peers"]);
  await life.close();
});

test("a task has the settings and a principal of its own, and a run that hangs holds up no end", async () => {
  const seen: unknown[] = [];
  const hanging = every("hang", 1, async ({ principal, settings }: { principal: unknown; settings: unknown }) => {
    seen.push(principal, settings);
    await new Promise(() => {});
  });
  const { log, logged } = recordedLog();
  const { life, closed } = recordedLife(log);
  const small = service(PaymentService, { tasks: [hanging] }, { getPayment: never, refundPayment: never });
  await openService(small, { ...config, own: { WAIT_MS: 5 } }, { life, log });
  await vi.waitFor(() => expect(seen).toEqual([{ kind: "service", id: "payments" }, { WAIT_MS: 5 }]));
  await life.close();
  expect(closed).toEqual(["tasks", "server", "peers"]);
  expect(logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

async function never(): Promise<never> {
  throw new Error("not expected to be called");
}
