import { createAuthority, issueCertificate } from "@mesh/dev/authority";
import {
  connect,
  createEventSignatures,
  createIdentity,
  type EventSignatures,
  implement,
  type SignedEvent,
  serve,
} from "@mesh/rpc";
import { newTrace, type Scope } from "@mesh/runtime";
import { storeInStream } from "@mesh/testing";
import { recordedLog, testSignatures, testTokens } from "@mesh/testing/service";
import { headers as createHeaders } from "nats";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { type Context, effectsOf, openPart, record } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { ThingService } from "../fixtures/things.ts";
import { reasonHeader } from "./dead-letters.ts";
import { on } from "./index.ts";

const waiting = 10_000;
const payload = Happened.encode({ thing: "a", number: 1, note: "" });
const signed: SignedEvent = { id: "an-id", subject: Happened.subject, service: "test", payload };
const ada = { kind: "customer", id: "ada" } as const;

/** Stores an event with a signature, and returns the reason of its dead letter; undefined: it was handled. */
async function deliver(signature: string, signatures: EventSignatures): Promise<string | undefined> {
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Happened, record)], signatures });
  await using streams = await openStreams(opened.servers.nats);
  const headers = createHeaders();
  if (signature) headers.set("mesh-signature", signature);
  await storeInStream(streams.connection, Happened.subject, payload, { msgID: signed.id, headers });
  return await vi.waitFor(async () => {
    const [letter] = await streams.deadLetters();
    const effects = await effectsOf(part);
    expect(letter ?? effects[0]).toBeDefined();
    expect([letter === undefined, effects.length]).not.toEqual([false, 1]);
    return letter?.headers?.get(reasonHeader);
  }, waiting);
}

describe("an event", () => {
  test("of the service that owns it is handled", async () => {
    const signatures = await testSignatures("test");
    expect(await deliver(await signatures.sign(signed, ada), await testSignatures("part"))).toBeUndefined();
  });

  test.each<[string, Partial<SignedEvent> | string, string, string]>([
    ["without a signature", "", "test", "the event has no signature"],
    ["with a text for a signature", "customer:ada", "test", "Invalid Compact JWS"],
    ["of another process", {}, "payments", "payments may not publish events of test"],
    ["with the signature of another id", { id: "another-id" }, "test", "it is of another event"],
    ["with the signature of another subject", { subject: "test.v1.noted" }, "test", "it is of another event"],
    ["with the signature of another payload", { payload: new Uint8Array([1]) }, "test", "it is of another event"],
  ])("%s is dead-lettered with the reason", async (_, forged, name, reason) => {
    const signer = await testSignatures(name);
    const signature = typeof forged === "string" ? forged : await signer.sign({ ...signed, ...forged }, ada);
    expect(await deliver(signature, await testSignatures("part"))).toContain(reason);
  });
});

test("a handler has the principal of its event, and its calls have none, unless it names the process itself", async () => {
  const handled: unknown[] = [];
  const called: unknown[] = [];
  const things = implement(ThingService, {
    async look(request, { principal }: Scope) {
      called.push(principal);
      return request;
    },
  });
  const { log } = recordedLog();
  const server = await serve({ services: [things], log, drainMs: 0, tokens: await testTokens("things") });
  onTestFinished(() => server.close());
  const upstream = connect(ThingService, { address: server.address, tokens: await testTokens("part") });
  onTestFinished(() => upstream.close());
  const self = { kind: "service", id: "part" } as const;
  const handler = async ({ thing }: Happened, context: Context) => {
    handled.push(context.principal);
    await upstream.bind(context).look({ name: thing });
    await upstream.bind({ ...context, principal: self }).look({ name: thing });
  };
  await using opened = await openServers();
  const signatures = await testSignatures("test");
  await using part = await openPart(opened.servers, { consumers: [on(Happened, handler)], signatures });
  const sender = { principal: ada, trace: newTrace() };
  await part.events.transaction(sender, (tx) => tx.publish(Happened, { thing: "a", number: 1 }));
  await expect.poll(() => called, { timeout: waiting }).toEqual([undefined, self]);
  expect(handled).toEqual([ada]);
});

/** The files of a process by an authority that lives from an hour ago until in an hour. */
async function filesOf(authority: Awaited<ReturnType<typeof createAuthority>>, ca = authority.cert) {
  const { cert, key } = await issueCertificate(authority, { names: ["test"], notAfter: new Date(Date.now() + 60_000) });
  return { cert, key, ca };
}

test("an event that was signed before a rotation is valid after it, as long as its authority is retired", async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
  const notAfter = new Date(Date.now() + 3_600_000);
  const [before, after] = [await createAuthority({ notAfter }), await createAuthority({ notAfter })];
  const identity = createIdentity(await filesOf(before));
  const signatures = createEventSignatures(identity);
  const signature = await signatures.sign(signed, ada);
  const renewed = await filesOf(after);
  vi.advanceTimersByTime(7 * 24 * 3_600_000);
  expect(await signatures.verify(signature, signed), "days after its certificate has expired").toEqual(ada);
  identity.rotate({ ...renewed, retired: before.cert });
  expect(await signatures.verify(signature, signed)).toEqual(ada);
  identity.rotate(renewed);
  await expect(signatures.verify(signature, signed)).rejects.toThrow("its certificate is of an unknown authority");
  vi.useRealTimers();
});

test("a retired authority proves no caller", async () => {
  const notAfter = new Date(Date.now() + 3_600_000);
  const [before, after] = [await createAuthority({ notAfter }), await createAuthority({ notAfter })];
  const old = createIdentity(await filesOf(before));
  const identity = createIdentity({ ...(await filesOf(after)), retired: before.cert });
  const token = await old.tokens.issue({ kind: "service", id: "test" }, Date.now() + 5_000);
  await expect(identity.tokens.verify(token)).rejects.toThrow("its certificate is of an unknown authority");
});
