import { createAuthority, issueCertificate } from "@mesh/dev/authority";
import { createEventSignatures, createIdentity, type EventSignatures } from "@mesh/rpc";
import { expect, onTestFinished, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { type Context, effectsOf, numbers, openPart, parkedEvents, publish, record } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

const hourMs = 3_600_000;
const twoHoursMs = 2 * hourMs;

/** Sets the clock of this process, which then goes on. NATS and PostgreSQL keep theirs. Returns a function that ends it. */
function shiftClock(ms: number): () => void {
  const { Date: real } = globalThis;
  class Shifted extends real {
    constructor(...args: [] | [number]) {
      if (args.length === 0) super(real.now() + ms);
      else super(...args);
    }
    static override now = () => real.now() + ms;
    static override [Symbol.hasInstance] = (value: unknown) =>
      Object.prototype.toString.call(value) === "[object Date]";
  }
  globalThis.Date = Shifted as DateConstructor;
  const restore = () => {
    globalThis.Date = real;
  };
  onTestFinished(restore);
  return restore;
}

/** The signatures of a process whose certificate is valid for all clocks of these tests. */
async function openSignatures(): Promise<EventSignatures> {
  const now = Date.now();
  const validity = { notBefore: new Date(now - 3 * hourMs), notAfter: new Date(now + 3 * hourMs) };
  const authority = await createAuthority(validity);
  const { cert, key } = await issueCertificate(authority, { names: ["test"], ...validity });
  return createEventSignatures(createIdentity({ cert, key, ca: authority.cert }));
}

test.each([
  ["ahead of", twoHoursMs],
  ["behind", -twoHoursMs],
])(
  "a process whose clock is two hours %s that of its servers publishes, handles and retries as others do",
  async (_, ms) => {
    const signatures = await openSignatures();
    shiftClock(ms);
    let calls = 0;
    const handler = async (event: Happened, context: Context) => {
      calls += 1;
      if (calls === 3) throw new Error("once");
      expect(context.deadline - Date.now()).toBeGreaterThan(5_000);
      await record(event, context);
    };
    await using opened = await openServers();
    await using part = await openPart(opened.servers, {
      consumers: [on(Happened, handler)],
      retryDelaysMs: [50],
      signatures,
    });
    const startedAt = performance.now();
    await publish(part, "a", numbers(10));
    await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(10)));
    expect([calls, performance.now() - startedAt < 30_000]).toEqual([11, true]);
    await using streams = await openStreams(opened.servers.nats);
    expect(await streams.deadLetters()).toEqual([]);
  },
);

test("events that are signed two hours ahead wait, with a reason, and are handled once the clocks agree", async () => {
  await using opened = await openServers();
  const signatures = await openSignatures();
  const restore = shiftClock(twoHoursMs);
  {
    await using publisher = await openPart(opened.servers, { signatures });
    await publish(publisher, "a", numbers(3));
  }
  restore();
  await using part = await openPart(opened.servers, {
    consumers: [on(Happened, record)],
    retryDelaysMs: numbers(1_000).map(() => 50),
    signatures,
  });
  const waiting = () =>
    part.store.db.select({ state: parkedEvents.state, error: parkedEvents.error }).from(parkedEvents);
  await expect
    .poll(async () => (await waiting()).map(({ state }) => state).sort())
    .toEqual(["behind", "behind", "failing"]);
  expect((await waiting()).map(({ error }) => error)).toContainEqual(expect.stringContaining("in the future"));
  shiftClock(twoHoursMs);
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(3)));
  await using streams = await openStreams(opened.servers.nats);
  expect(await streams.deadLetters()).toEqual([]);
});
