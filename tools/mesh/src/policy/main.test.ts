import { testNats } from "@mesh/testing";
import { connect } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { contractsFile } from "../../fixtures/contracts.ts";
import { type Run, runMesh } from "../../fixtures/run-mesh.ts";

let nats: Awaited<ReturnType<typeof testNats>>;
beforeAll(async () => {
  nats = await testNats();
});
afterAll(() => nats[Symbol.asyncDispose]());

/** Runs `mesh policy`. @param document standard input */
function policy(args: readonly string[], document?: string): Promise<Run> {
  return runMesh(["policy", ...args, "--nats", nats.url, "--contracts", contractsFile], document);
}

const first = `rules:
  - service: orders
    method: GetOrder
    deadline_ms: 500
`;
const second = `${first}  - caller: gateway
    split: { "2": 10 }
`;

test("a policy is set, compared, changed, listed and rolled back", async () => {
  expect(await policy(["get"])).toMatchObject({ stdout: "# no policy was set yet\nrules: []\n", code: 0 });
  const change = "+ orders/GetOrder: deadline_ms 500\n";
  expect(await policy(["diff", "-"], first)).toEqual({ stdout: change, stderr: "", code: 1 });
  expect(await policy(["set", "-"], first)).toEqual({ stdout: `${change}revision 1 is set\n`, stderr: "", code: 0 });
  expect(await policy(["diff", "-"], first)).toEqual({ stdout: "", stderr: "", code: 0 });
  expect((await policy(["set", "-"], first)).stdout).toBe("no change: revision 1 is the same\n");
  const changed = second.replace("500", "300");
  expect((await policy(["set", "-"], changed)).stdout).toBe(
    '+ every call from gateway: split {"2":10}\n~ orders/GetOrder: deadline_ms 500 → 300\nrevision 2 is set\n',
  );
  const { stdout } = await policy(["get"]);
  expect(stdout).toMatch(/^# revision 2, \d{4}-/);
  expect(parse(stdout)).toEqual(parse(changed));
  expect((await policy(["rollback"])).stdout).toBe(
    '- every call from gateway: split {"2":10}\n~ orders/GetOrder: deadline_ms 300 → 500\nrevision 3 is set\n',
  );
  expect((await policy(["rollback", "2", "--json"])).stdout).toContain('"revision": 4');
  expect(parse((await policy(["get"])).stdout)).toEqual(parse(changed));
  expect((await policy(["history"])).stdout.split("\n").map((line) => line.replace(/ \S+Z /, ""))).toEqual([
    "4  2 rules, in force",
    "3  1 rule",
    "2  2 rules",
    "1  1 rule",
    "",
  ]);
});

test("a rule for a service or a method that no contract here has is set, with a warning", async () => {
  const rules = "[{ service: ordrs, deadline_ms: 1 }, { service: orders, method: getOrder, deadline_ms: 1 }]";
  const { stdout, code } = await policy(["set", "-"], `rules: ${rules}`);
  expect(code).toBe(0);
  expect(stdout).toContain("warning: rules[0].service: no contract here has the service ordrs: did you mean orders?\n");
  expect(stdout).toContain(
    "warning: rules[1].method: no contract here has the method getOrder: did you mean GetOrder?\n",
  );
});

test("a policy that is not valid changes nothing, and each fault is printed with its path", async () => {
  const before = await policy(["get", "--json"]);
  const wrong = "rules: [{ service: orders, deadline_ms: 0, fault: { percent: 101 } }]";
  expect(await policy(["set", "-"], wrong)).toEqual({
    stdout: "",
    stderr: `standard input: rules[0].deadline_ms: must be at least 1 and at most 600000
standard input: rules[0].fault.percent: must be more than 0 and at most 100
`,
    code: 2,
  });
  expect(await policy(["set", "-"], "rules: [")).toMatchObject({
    stderr: expect.stringMatching(/^standard input: .*line 1/),
    code: 2,
  });
  expect(await policy(["set", "-"], "rules: []\nrules: []")).toMatchObject({
    stderr: expect.stringMatching(/unique/),
    code: 2,
  });
  expect(await policy(["set", "absent.yaml"])).toMatchObject({ stderr: "there is no file absent.yaml\n", code: 2 });
  expect(await policy(["get", "--json"])).toEqual(before);
});

test("of a policy that another program has broken, the last valid one is printed", async () => {
  const before: { policy: unknown; revision: number } = JSON.parse((await policy(["get", "--json"])).stdout);
  const connection = await connect({ servers: nats.url });
  await (await connection.jetstream().views.kv("mesh_policy")).put("policy", "garbage");
  await connection.close();
  const { stdout } = await policy(["get"]);
  expect(stdout).toContain(`# revision ${before.revision + 1} is not valid and has no effect`);
  expect(parse(stdout)).toEqual(before.policy);
  expect((await policy(["rollback", String(before.revision + 1)])).stderr).toContain("is not valid");
  expect((await policy(["set", "-"], "rules: []")).code).toBe(0);
  expect(parse((await policy(["get"])).stdout)).toEqual({ rules: [] });
});

test("wrong usage has exit code 2, and a mesh that can't be reached 3", async () => {
  for (const args of [[], ["put"], ["set"], ["get", "more"], ["rollback", "one"], ["rollback", "99"], ["--yaml"]]) {
    expect(await policy(args), args.join(" ")).toMatchObject({ stdout: "", code: 2 });
  }
  expect(await runMesh(["policy", "get", "--nats", "http://127.0.0.1"])).toMatchObject({
    stderr: expect.stringMatching(/^--nats must be a URL/),
    code: 2,
  });
  const unreachable = await runMesh(["policy", "get", "--nats", "nats://127.0.0.1:1"]);
  expect(unreachable).toEqual({
    stdout: "",
    stderr: "the mesh can't be reached: no NATS responds at 127.0.0.1:1\n",
    code: 3,
  });
  expect(await runMesh(["policy", "--help"])).toMatchObject({
    stdout: expect.stringMatching(/rollback \[revision\]/),
    code: 0,
  });
  expect(await runMesh(["polcy"])).toMatchObject({
    stderr: 'unknown command "polcy": did you mean policy?\n',
    code: 2,
  });
  expect(await runMesh(["--help"])).toMatchObject({ stdout: expect.stringMatching(/npm run mesh -- policy/), code: 0 });
});
