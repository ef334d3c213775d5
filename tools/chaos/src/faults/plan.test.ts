import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { faultKinds, planFaults } from "./plan.ts";

const options = {
  kinds: faultKinds,
  faults: 40,
  durationMs: 60_000,
  longestMs: 10_000,
  processes: ["orders", "gateway"],
  servers: ["nats", "postgres"],
  streams: ["orders_v1"],
};

test("a seed determines the faults", () => {
  expect(planFaults(new Random(7), options)).toEqual(planFaults(new Random(7), options));
  expect(planFaults(new Random(7), options)).not.toEqual(planFaults(new Random(8), options));
});

test("every kind comes, at even times, and only what a process can reach", () => {
  const plan = planFaults(new Random(1), options);
  const kinds = new Set(plan.map(({ fault }) => fault.kind));
  expect(kinds).toEqual(new Set(faultKinds));
  for (const [at, { atMs }] of plan.entries()) expect(Math.floor(atMs / 1_500)).toBe(at);
  const crashed = plan.filter(({ fault }) => fault.kind === "crash").map(({ fault }) => fault.target);
  expect(new Set(crashed)).toEqual(new Set(["orders"]));
});
