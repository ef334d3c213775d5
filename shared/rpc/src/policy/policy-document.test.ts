import { MeshError } from "@mesh/contracts";
import { expect, test } from "vitest";
import { policyJson, readPolicy } from "./policy-document.ts";

/** Returns the faults of JSON that is no valid policy, one per line. */
function faultsOf(json: unknown): string[] {
  try {
    readPolicy(json);
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
    return error.violations.map(({ field, description }) => `${field}: ${description}`);
  }
  return [];
}

test("a policy is read with the names of the .proto and those in camel case, and written with the former", () => {
  const rules = [
    { service: "orders", method: "GetOrder", caller: "gateway", deadline_ms: 500, retries: { attempts: 1 } },
    { limits: { in_flight: 10 }, split: { "2": 10, betaMax_3: 0 }, fault: { percent: 2.5, code: "UNAVAILABLE" } },
  ];
  expect(policyJson(readPolicy({ rules }))).toEqual({ rules });
  const camel = [{ service: "orders", deadlineMs: 500, limits: { inFlight: 1 }, fault: { percent: 1, delayMs: 2 } }];
  expect(policyJson(readPolicy({ rules: camel }))).toEqual({
    rules: [{ service: "orders", deadline_ms: 500, limits: { in_flight: 1 }, fault: { percent: 1, delay_ms: 2 } }],
  });
  expect(policyJson(readPolicy({}))).toEqual({ rules: [] });
});

test("each broken rule of the contract has the path of its field", () => {
  const rules = [
    { service: "Orders", deadline_ms: 0 },
    { retries: { attempts: 11 }, limits: {}, split: { "": 101 }, fault: { percent: 0, code: "BROKEN" } },
  ];
  expect(faultsOf({ rules })).toEqual([
    "rules[0].service: must match ^[a-z0-9._-]*$",
    "rules[0].deadline_ms: must be at least 1 and at most 600000",
    "rules[1].retries.attempts: must be at least 1 and at most 10",
    "rules[1].limits.in_flight: must be at least 1 and at most 100000",
    'rules[1].split[""]: must not be empty',
    'rules[1].split[""]: must be at most 100',
    "rules[1].fault.percent: must be more than 0 and at most 100",
    expect.stringMatching(/^rules\[1\]\.fault\.code: must be one of/),
  ]);
});

test("unknown fields, and what the contract can't say, are faults, too", () => {
  const rules = [
    { method: "GetOrder", deadline_ms: 1 },
    { service: "orders" },
    { service: "orders", split: { a: 60, b: 50 }, deadlineMillis: 1 },
    { caller: "gateway", fault: { percent: 1, chance: 2 } },
  ];
  expect(faultsOf({ rules, extra: 1 })).toEqual([
    "rules[2].deadline_millis: is not a field of a policy",
    "rules[3].fault.chance: is not a field of a policy",
    "extra: is not a field of a policy",
    "rules[0].method: needs a service",
    "rules[1]: has no setting: deadline_ms, retries, limits, split or fault",
    "rules[2]: has the same service, method and caller as rules[1]",
    "rules[2].split: adds up to 110 %, which is more than 100 %",
    "rules[3].fault: needs delay_ms or code",
  ]);
});

test("other JSON is no policy", () => {
  for (const json of [null, 1, "rules", [], { rules: {} }, { rules: [null] }, { rules: [{ split: [] }] }]) {
    expect(faultsOf(json), JSON.stringify(json)).not.toEqual([]);
  }
});
