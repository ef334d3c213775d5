import { describe, expect, test } from "vitest";
import { AttendedClock } from "./attended-clock.ts";
import { silenceMs } from "./bucket.ts";
import { lastResortMs, ServiceReplicas } from "./service-replicas.ts";

function openService() {
  const service = new ServiceReplicas();
  const lists: string[][] = [];
  service.listen((replicas) => void lists.push(replicas.map(({ id }) => id)));
  const hear = (id: string, now: number, address = `host:${id}`) =>
    service.heard(`orders.${id}`, { id, address, natsServer: "nats-1" }, now, now);
  const confirm = (now: number) => {
    for (const replica of service.overdue(now)) replica.isSilent = true;
    service.publish(now);
  };
  return { service, lists, hear, confirm };
}

describe("the replicas of a service", () => {
  test("are overdue after 1.5 s without a heartbeat", () => {
    const { service, hear } = openService();
    hear("1", 1_000);
    expect(service.overdue(1_000 + silenceMs)).toEqual([]);
    expect(service.overdue(1_001 + silenceMs)).toMatchObject([{ key: "orders.1" }]);
  });

  test("are forgotten when their silence is confirmed, unless all are silent: then after 30 s", () => {
    const { lists, hear, confirm } = openService();
    hear("1", 0);
    hear("2", 1_000);
    confirm(silenceMs + 1);
    expect(lists).toEqual([["2"]]);
    confirm(silenceMs + 1_001);
    confirm(silenceMs + 1_000 + lastResortMs);
    expect(lists).toEqual([["2"]]);
    confirm(silenceMs + 1_001 + lastResortMs);
    expect(lists).toEqual([["2"], []]);
  });

  test("are forgotten when they leave, but the last one only after 30 s: it answers until it has closed", () => {
    const { service, lists, hear, confirm } = openService();
    hear("1", 0);
    hear("2", 0);
    confirm(1);
    expect(service.left("orders.1", 2)).toBe(true);
    expect(service.left("orders.2", 3)).toBe(true);
    expect(service.left("orders.9", 3)).toBe(false);
    confirm(4);
    confirm(3 + lastResortMs);
    expect(lists).toEqual([["1", "2"], ["2"]]);
    confirm(4 + lastResortMs);
    expect(lists.at(-1)).toEqual([]);
  });

  test("are news when they come, move or end their silence, and not by another heartbeat", () => {
    const { hear, confirm } = openService();
    expect(hear("1", 0)).toBe(true);
    expect(hear("1", 1)).toBe(false);
    expect(hear("1", 2, "other:1")).toBe(true);
    confirm(3 + silenceMs);
    expect(hear("1", 4 + silenceMs, "other:1")).toBe(true);
  });

  test("show through which servers of NATS something was heard, until they have to register again", () => {
    const { service, hear } = openService();
    hear("1", 1_000);
    expect(service.hasHeardThrough("nats-1", 1_000)).toBe(true);
    expect(service.hasHeardThrough("nats-1", 1_001)).toBe(false);
    expect(service.hasHeardThrough("nats-2", 0)).toBe(false);
    service.extend(5_000);
    expect(service.hasHeardThrough("nats-1", 0)).toBe(false);
    expect(service.overdue(5_000)).toEqual([]);
  });

  test("are one if they have the same address: the newest, also if the others still send heartbeats", () => {
    const { lists, hear, confirm } = openService();
    hear("1", 0, "host:1");
    hear("2", 1, "host:1");
    confirm(2);
    hear("1", 3, "host:1");
    confirm(4);
    expect(lists).toEqual([["2"]]);
  });
});

test("a clock of the time that a process can run stops while it can't", () => {
  let now = 0;
  const clock = new AttendedClock(400, () => now);
  now = 200;
  expect(clock.now()).toBe(200);
  clock.tick();
  now = 60_000;
  expect(clock.now()).toBe(600);
  clock.tick();
  now = 60_100;
  expect(clock.now()).toBe(700);
});
