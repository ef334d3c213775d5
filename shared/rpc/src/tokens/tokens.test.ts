import type { Principal } from "@mesh/contracts";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { EchoService } from "../../fixtures/echo.ts";
import { decodePart, forge } from "../../fixtures/forge.ts";
import { type TestAuthority, testAuthority } from "../../fixtures/identities.ts";
import { muxCall, muxClient } from "../../fixtures/mux-client.ts";
import { rawClient } from "../../fixtures/raw-client.ts";
import { collect, scopeWith, serveEcho } from "../../fixtures/servers.ts";
import {
  type CallScope,
  connect,
  createEventSignatures,
  createIdentity,
  createTokens,
  type IdentityFiles,
  type Tokens,
  tokenHeader,
} from "../index.ts";
import { signerHeader } from "./token-headers.ts";

const ada: Principal = { kind: "customer", id: "ada" };
const path = "/test.v1.EchoService/Unary";
let authority: TestAuthority;
let other: TestAuthority;
let gateway: IdentityFiles;
let orders: IdentityFiles;
beforeAll(async () => {
  [authority, other] = await Promise.all([testAuthority(), testAuthority()]);
  [gateway, orders] = await Promise.all([authority.files("gateway"), authority.files("orders")]);
});

/** The tokens that a service verifies. */
const ofService = () => createTokens(createIdentity(orders));

test("a service knows the customer from a token of the gateway", async () => {
  const tokens = ofService();
  const token = await createTokens(createIdentity(gateway)).issue(ada, Date.now() + 5_000);
  expect(await tokens.verify(token)).toEqual(ada);
  expect(tokens.verify(token), "the second look needs no promise").toEqual(ada);
  expect(await tokens.verify(await forge(gateway)), "the forgery of the tests below would be accepted").toEqual(ada);
});

test("a service that is set as an issuer may speak for customers", async () => {
  const tokens = createTokens(createIdentity(orders), { issuers: ["orders"] });
  expect(await tokens.verify(await forge(orders))).toEqual(ada);
  await expect(tokens.verify(await forge(gateway))).rejects.toThrow("gateway may not speak for a customer");
});

test("a server without a certificate rejects every token, and a client without one sends no principal", async () => {
  const seen: unknown[] = [];
  const unary = async (request: object, { principal }: { principal?: Principal | undefined }) => {
    seen.push(principal);
    return request;
  };
  const server = await serveEcho({ unary } as never);
  const client = rawClient(server.address);
  const { error } = await client.unary(path, new Uint8Array(), { [tokenHeader]: await forge(gateway) });
  expect(error).toMatchObject({ code: 16, details: expect.stringContaining("this server has no certificate") });
  const upstream = connect(EchoService, { address: server.address });
  onTestFinished(upstream.close);
  await upstream.bind(scopeWith({ principal: ada })).unary({});
  expect(seen).toEqual([undefined]);
});

/** Serves a method that notes its principals and the bytes of its headers. */
async function noting(options: object = {}) {
  const seen: unknown[] = [];
  const unary = async (request: object, { principal, call }: CallScope) => {
    seen.push(principal?.id);
    expect([call.header(signerHeader), call.header(tokenHeader)].join(".")).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    return request;
  };
  const server = await serveEcho({ unary } as never, { tokens: ofService(), ...options });
  return { server, seen };
}

test.each([true, false])(
  "many customers and signers go with the calls of one connection, with mux: %s",
  async (mux) => {
    const { server, seen } = await noting();
    // More than the mux has numbers for.
    const gateways = await Promise.all(Array.from({ length: 40 }, () => authority.identity("gateway")));
    const tokens = gateways.map((identity) => createTokens(identity));
    let calls = 0;
    const inTurn = {
      issue: (...args: Parameters<Tokens["issue"]>) => tokens[calls++ % tokens.length]?.issue(...args) ?? "",
      verify: () => ada,
    };
    const upstream = connect(EchoService, { address: server.address, tokens: inTurn, mux });
    onTestFinished(upstream.close);
    const ids = Array.from({ length: 100 }, (_, index) => `c-${index}`);
    for (const id of ids) await upstream.bind(scopeWith({ principal: { kind: "customer", id } })).unary({});
    expect(seen).toEqual(ids);
  },
);

test("a signer without a text, or with a number above the limit, ends the stream of a client", async () => {
  const { server } = await noting();
  for (const call of [{ signer: 1 }, { signer: 33, signerText: "x" }, { signer: 1, signerText: "x".repeat(20_000) }]) {
    const client = muxClient(server.address);
    client.send({ calls: [muxCall({ id: 1, ...call })] });
    expect(await client.ended).toMatchObject({ code: 3, details: `${call.signer} is no number of a signer` });
  }
});

test("a token is used for many calls, and lives as long as the call that it is for", async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const tokens = createTokens(createIdentity(gateway));
  const expiry = async (untilMs: number) => {
    const token = await tokens.issue(ada, untilMs);
    return { token, leftMs: decodePart(token.split(".")[1]).exp * 1_000 - Date.now() };
  };
  const first = await expiry(Date.now() + 10_000);
  expect(first.leftMs).toBeGreaterThan(59_000);
  vi.advanceTimersByTime(45_000);
  expect((await expiry(Date.now() + 10_000)).token, "it outlives the call").toBe(first.token);
  vi.advanceTimersByTime(10_000);
  expect((await expiry(Date.now() + 10_000)).token, "it would not outlive the call").not.toBe(first.token);
  const stream = await expiry(Date.now() + 600_000);
  expect(stream.leftMs).toBeGreaterThanOrEqual(600_000);
  vi.advanceTimersByTime(45_000);
  expect((await expiry(Date.now() + 600_000)).token, "streams share one").toBe(stream.token);
  expect((await expiry(Date.now() + 10_000)).leftMs, "others do not get the token of a stream").toBeLessThan(61_000);
});

test("a token that was verified is rejected once it has expired, and once its authority is not trusted any more", async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const identity = createIdentity({ ...orders, ca: authority.ca + other.ca });
  const tokens = createTokens(identity);
  const token = await forge(gateway);
  expect(await tokens.verify(token)).toEqual(ada);
  vi.advanceTimersByTime(74_000);
  expect(tokens.verify(token), "the clocks of two processes may differ by 15 s").toEqual(ada);
  vi.advanceTimersByTime(3_000);
  await expect(tokens.verify(token)).rejects.toMatchObject({ hasExpired: true, message: "it has expired" });
  const foreign = await forge(await other.files("gateway"));
  expect(await tokens.verify(foreign)).toEqual(ada);
  identity.rotate(orders);
  await expect(tokens.verify(foreign)).rejects.toThrow("its certificate is of an unknown authority");
});

test("a stream that lasts for longer than a token calls others for its customer until its deadline", async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const seen: unknown[] = [];
  const last = await serveEcho(
    {
      unary: async (request: object, { principal }: CallScope) => {
        seen.push(principal?.id);
        return request;
      },
    } as never,
    { tokens: createTokens(await authority.identity("payments")) },
  );
  const inner = connect(EchoService, { address: last.address, tokens: ofService() });
  const first = await serveEcho(
    {
      async *down(request: object, scope: CallScope) {
        for (const advanceMs of [0, 500_000]) {
          vi.setSystemTime(Date.now() + advanceMs);
          await inner.bind(scope).unary({});
          yield request;
        }
      },
    } as never,
    { tokens: ofService() },
  );
  const upstream = connect(EchoService, { address: first.address, tokens: createTokens(createIdentity(gateway)) });
  onTestFinished(async () => void (await Promise.all([inner.close(), upstream.close()])));
  const scope = scopeWith({ principal: ada, timeoutMs: 600_000 });
  await collect(upstream.bind(scope).down({}, { timeoutMs: 590_000 }));
  expect(seen).toEqual(["ada", "ada"]);
});

test("the principal that a middleware puts in the place of another one does not travel with the token of that", async () => {
  const { server, seen } = await noting();
  const tokens = ofService();
  const received = await tokens.verify(await forge(gateway));
  const upstream = connect(EchoService, { address: server.address, tokens });
  onTestFinished(upstream.close);
  await upstream.bind(scopeWith({ principal: received })).unary({});
  const copied = upstream.bind(scopeWith({ principal: { ...received } })).unary({});
  await expect(copied).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(seen).toEqual(["ada"]);
  expect(() => Object.assign(received, { id: "eve" })).toThrow(TypeError);
});

test("calls that are made while an event is handled have no principal", async () => {
  const seen: unknown[] = [];
  const unary = async (request: object, { principal }: CallScope) => {
    seen.push(principal);
    return request;
  };
  const server = await serveEcho({ unary } as never, { tokens: ofService() });
  const signatures = createEventSignatures(createIdentity(orders));
  const event = { id: "1", subject: "orders.v1.order_placed", service: "orders", payload: new Uint8Array() };
  const principal = await signatures.verify(await signatures.sign(event, ada), event);
  expect(principal).toEqual(ada);
  const upstream = connect(EchoService, { address: server.address, tokens: ofService() });
  onTestFinished(upstream.close);
  await upstream.bind(scopeWith({ principal })).unary({});
  expect(seen).toEqual([undefined]);
});
