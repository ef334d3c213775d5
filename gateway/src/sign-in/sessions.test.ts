import { createHealth, createLifecycle } from "@mesh/runtime";
import { testDatabase } from "@mesh/testing";
import { expect, it, onTestFinished } from "vitest";
import { silent } from "../../fixtures/mesh.ts";
import * as schema from "../schema.ts";
import { openDatabase } from "../state/database.ts";
import { openSessions } from "./sessions.ts";

const person = {
  customerId: crypto.randomUUID(),
  name: "Ada",
  roles: ["clerk"],
  issuer: "i",
  subject: "s",
  idToken: "t",
  issuerSession: null,
};
const minuteMs = 60_000;

/** Opens the sessions of several gateways on one database, with one clock. */
async function open(count = 1) {
  const { url, [Symbol.asyncDispose]: drop } = await testDatabase();
  onTestFinished(drop);
  const clock = { now: Date.UTC(2026, 0, 31) };
  const life = createLifecycle({ log: silent });
  onTestFinished(() => life.close());
  const gateways = Array.from({ length: count }, () => {
    const migrations = new URL("../../migrations", import.meta.url);
    const database = openDatabase({ url, schema, migrations, life, log: silent, health: createHealth() });
    const times = { idleMs: 60 * minuteMs, maxMs: 24 * 60 * minuteMs };
    const sessions = openSessions({ database, ...times, now: () => clock.now });
    onTestFinished(sessions.close);
    return { sessions, database };
  });
  for (const { database } of gateways) await database.store(60_000);
  return { gateways: gateways.map(({ sessions }) => sessions), clock };
}

it("finds a session at every gateway, until it is revoked at one of them", async () => {
  const {
    gateways: [here, there],
  } = await open(2);
  if (!here || !there) throw new Error("there are two");
  const ended: (string | undefined)[] = [];
  there.onRevoked((id) => ended.push(id));
  const key = await here.open(person);
  const { customerId, name, roles } = person;
  for (const sessions of [here, there]) {
    expect(await sessions.find(key)).toMatchObject({ session: { id: key.id, customerId, name, roles } });
  }
  expect(await here.revoke(key.id)).toBe("t");
  expect(await here.find(key)).toBeUndefined();
  // The time does not change in this test, so only the notification can end the session there.
  await expect.poll(() => there.find(key)).toBeUndefined();
  // When it begins to listen, notifications may have been lost.
  expect(ended.filter((id) => id !== undefined)).toEqual([key.id]);
  expect(await here.revoke(key.id)).toBeUndefined();
});

it("replaces the cookie after 15 minutes, and sends it again until the browser uses it", async () => {
  const {
    gateways: [sessions],
    clock,
  } = await open();
  if (!sessions) throw new Error("there is one");
  const first = await sessions.open(person);
  expect((await sessions.find(first))?.next).toBeUndefined();
  clock.now += 15 * minuteMs;
  const second = { id: first.id, generation: 2 };
  const found = await Promise.all([sessions.find(first), sessions.find(first)]);
  expect(found.map((one) => one?.next)).toEqual([second, second]);
  clock.now += 5 * minuteMs;
  expect((await sessions.find(first))?.next).toEqual(second);
  expect(await sessions.find(second)).toMatchObject({ session: { name: "Ada" } });
});

it("ends if a cookie that was replaced appears again: one of the two was copied", async () => {
  const {
    gateways: [sessions],
    clock,
  } = await open();
  if (!sessions) throw new Error("there is one");
  const stolen = await sessions.open(person);
  clock.now += 15 * minuteMs;
  const second = (await sessions.find(stolen))?.next ?? stolen;
  await sessions.find(second);
  clock.now += 2 * minuteMs;
  expect(await sessions.find(stolen)).toBeUndefined();
  expect(await sessions.find(second)).toBeUndefined();
});

it("slides while it is used, and ends at its limit", async () => {
  const {
    gateways: [sessions],
    clock,
  } = await open();
  if (!sessions) throw new Error("there is one");
  const idle = await sessions.open(person);
  let key = await sessions.open(person);
  for (let halfHours = 1; halfHours < 48; halfHours++) {
    clock.now += 30 * minuteMs;
    const found = await sessions.find(key);
    expect([halfHours, found?.session.name]).toEqual([halfHours, "Ada"]);
    key = found?.next ?? key;
    if (halfHours === 2) expect(await sessions.find(idle)).toBeUndefined();
  }
  clock.now += 30 * minuteMs;
  expect(await sessions.find(key)).toBeUndefined();
  await sessions.sweep();
  clock.now -= 30 * minuteMs + 1;
  expect(await sessions.find({ id: key.id, generation: key.generation + 1 })).toBeUndefined();
});
