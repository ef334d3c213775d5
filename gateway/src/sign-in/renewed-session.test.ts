import type { Tracked } from "@mesh/contracts";
import { resumeLink } from "@mesh/contracts/resume-link";
import type { WatchOrderRequest, WatchOrderResponse } from "@mesh/contracts/testing/orders/v1";
import { transformer } from "@mesh/contracts/transformer";
import { createTRPCClient, httpSubscriptionLink } from "@trpc/client";
import { EventSource } from "eventsource";
import { describe, expect, it } from "vitest";
import type { AppRouter } from "../../fixtures/router.ts";
import { idOf, orderOf, stepOf } from "../../fixtures/services.ts";
import { startSignIn } from "../../fixtures/sign-in.ts";
import { subscriber } from "../../fixtures/subscriber.ts";
import type { UserAgent } from "../../fixtures/user-agent.ts";
import { customerIdOf } from "./callers.ts";

/** An order of the signed-in customer, whose streams bring two steps each and stay open. Counts where they began. */
async function start() {
  const starts: number[] = [];
  let owner = "";
  async function* watchOrder({ id, afterStep }: WatchOrderRequest, { signal }: { readonly signal: AbortSignal }) {
    starts.push(afterStep);
    for (const number of [1, 2]) yield stepOf(orderOf(id, owner), afterStep + number);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }
  const mesh = await startSignIn({ services: { orders: { watchOrder } } });
  owner = customerIdOf(mesh.issuerUrl, "customer");
  const customer = mesh.browser();
  await customer.signIn("customer");
  return { ...mesh, customer, starts };
}

function watch(url: string, { fetch }: UserAgent, renew: () => Promise<unknown>) {
  const subscriptions = httpSubscriptionLink({
    url: `${url}/trpc`,
    transformer,
    EventSource,
    // These are the requests that a browser would send.
    eventSourceOptions: { fetch: (input, init) => fetch(input as URL, init as RequestInit) },
  });
  const client = createTRPCClient<AppRouter>({ links: [resumeLink({ renew }), subscriptions] });
  return subscriber<Tracked<WatchOrderResponse>>((callbacks) =>
    client.orders.watchOrder.subscribe({ id: idOf(1) }, callbacks),
  );
}

/** Ends the session of a browser, which learns it only from its next request. */
async function endElsewhere(url: string, { cookie }: UserAgent): Promise<void> {
  const headers = { cookie: `mesh_session=${cookie("mesh_session")}` };
  const { status } = await fetch(`${url}/auth/logout`, { method: "POST", headers, redirect: "manual" });
  expect(status).toBe(303);
}

describe("a subscription whose session is over", () => {
  it("waits for the next sign-in, and goes on after its last message", async () => {
    const { url, customer, starts } = await start();
    let renewals = 0;
    let finish = () => {};
    const seen = watch(url, customer, () => {
      renewals += 1;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await expect.poll(() => seen.values.length).toBe(2);
    await endElsewhere(url, customer);
    await expect.poll(() => renewals).toBe(1);
    expect(seen.passing.at(-1)?.data?.code).toBe("UNAUTHORIZED");
    await customer.signIn("customer");
    finish();
    await expect.poll(() => seen.values.map(({ data }) => data.step.number)).toEqual([1, 2, 3, 4]);
    expect([starts, renewals, seen.errors]).toEqual([[0, 2], 1, []]);
  });

  it("ends with the error if the session can't be renewed", async () => {
    const { url, customer, starts } = await start();
    const seen = watch(url, customer, () => Promise.reject(new Error("the window was closed")));
    await expect.poll(() => seen.values.length).toBe(2);
    await endElsewhere(url, customer);
    await expect.poll(() => seen.errors.map(({ data }) => data?.code)).toEqual(["UNAUTHORIZED"]);
    expect(starts).toEqual([0]);
  });
});
