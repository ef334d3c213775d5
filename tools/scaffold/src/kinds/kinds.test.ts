import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openRepository } from "../../fixtures/repository.ts";
import { parse } from "../source/module.ts";
import { planError } from "./error.ts";
import { planEvent } from "./event.ts";
import { planJob } from "./job.ts";
import { planRpc } from "./rpc.ts";
import { planService } from "./service.ts";

const contract = "proto/lamps/v1/lamps.proto";
const code = "services/lamps/src/service.ts";

/** Files in an unusual format: tabs, no trailing commas, characters outside of ASCII. */
const files = {
  [contract]: [
    'syntax = "proto3";',
    "package lamps.v1;",
    "",
    "// Lämps 💡.",
    "service LampService { /* 💡 */",
    "\t// Turns one on: }",
    "\trpc TurnOn(TurnOnRequest) returns (TurnOnResponse);",
    "\t// Turns one off.",
    "\trpc TurnOff(TurnOffRequest) returns (TurnOffResponse) { option idempotency_level = IDEMPOTENT; }",
    "}",
    "// Which.",
    "message TurnOnRequest {}",
    "// Done.",
    "message TurnOnResponse {}",
    "// Which.",
    "message TurnOffRequest {}",
    "// Done.",
    "message TurnOffResponse {} // the last",
  ].join("\n"),
  [code]: [
    'import { LampService } from "@mesh/contracts/lamps/v1";',
    'import { service } from "@mesh/service";',
    "// 💡",
    'const store = { schema: {}, migrations: new URL("x:") };',
    "export const lamps = service(LampService, { store }, {",
    "  turnOn: async () => ({}),",
    "  turnOff: async () => ({}) // no comma, }",
    "});",
  ].join("\n"),
  "services/lamps/src/schema.ts":
    'export { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";\n',
  "gateway/src/router.ts": "export const services = {};\n",
};

const rpc = { service: "lamps", name: "Dim", kind: "mutation", gateway: "nobody" };

describe("an RPC", () => {
  it("is added to contract and code, whatever their format", async () => {
    const repository = await openRepository(files);
    await repository.apply(planRpc, { ...rpc, kind: "stream", gateway: "anyone" });
    const proto = await repository.read(contract);
    expect(proto).toContain('package lamps.v1;\n\nimport "buf/validate/validate.proto";');
    expect(proto).toMatch(
      /IDEMPOTENT; }\n\n {2}\/\/ .*\n {2}rpc Dim\(DimRequest\) returns \(stream DimResponse\) {[^}]*gateway: {public: true}/,
    );
    expect(proto).toMatch(/message TurnOffResponse {}\n\n\/\/ .*\nmessage DimRequest {/);
    const source = await repository.read(code);
    expect(source).toContain("turnOff: async () => ({}),\n\n\n    async *dim({ text }) {");
    expect(await repository.read("gateway/src/router.ts")).toBe(
      'import { LampService } from "@mesh/contracts/lamps/v1";\nexport const services = {lamps: LampService,\n};\n',
    );
  });

  it("can be followed by another one", async () => {
    const repository = await openRepository(files);
    for (const name of ["Dim", "Flash"]) await repository.apply(planRpc, { ...rpc, name });
    expect((await repository.read(code)).match(/async (dim|flash)\(/g)).toHaveLength(2);
  });

  it.each([
    [{ name: "TurnOn" }, `${contract}:7:5: LampService already has TurnOn: choose another name`],
    [{ service: "fans" }, 'services/ has no service "fans", only lamps'],
  ])("is rejected if it is impossible: %j", async (change, message) => {
    const repository = await openRepository(files);
    await expect(repository.apply(planRpc, { ...rpc, ...change })).rejects.toThrow(message);
    expect(await repository.read(contract)).toBe(files[contract]);
  });

  it("explains what to do if the code or the contracts are unusual", async () => {
    const elsewhere = await openRepository({ ...files, [code]: "export const lamps = make();\n" });
    await expect(elsewhere.apply(planRpc, rpc)).rejects.toThrow(
      "services/lamps/src: found no service(…) of a contract",
    );
    const broken = await openRepository({ ...files, [contract]: "syntax = 3;" });
    await expect(broken.apply(planRpc, rpc)).rejects.toThrow(/do not compile, fix them first:\n.*lamps.proto:1:/);
  });
});

describe("an event", () => {
  const event = {
    service: "lamps",
    name: "LampDimmed",
    key: "lamp_id",
    rpc: "Dim",
    consumer: "lamps",
    gateway: "nobody",
  };

  it("comes with an RPC that publishes it and a consumer", async () => {
    const repository = await openRepository(files);
    await repository.apply(planEvent, event);
    const proto = await repository.read(contract);
    expect(proto.match(/import "buf\/validate\/validate.proto";/g)).toHaveLength(1);
    expect(proto).toMatch(/subject: "lamps.v1.lamp_dimmed"\n {4}key: "lamp_id"/);
    const source = await repository.read(code);
    expect(source).toContain("await db.transaction((tx) => tx.publish(LampDimmed, { lampId }));");
    expect(source).toContain("{ store,\nconsumers }");
    expect(await repository.read("services/lamps/src/events.ts")).toContain("on(LampDimmed, async ({ lampId }, ");
  });

  it("is rejected if its consumer imports another one of this name", async () => {
    const events = 'import { LampDimmed } from "@mesh/contracts/fans/v1";\nexport const consumers = [LampDimmed];\n';
    const repository = await openRepository({ ...files, "services/lamps/src/events.ts": events });
    const planned = repository.apply(planEvent, event);
    await expect(planned).rejects.toThrow("events.ts: LampDimmed is already imported from @mesh/contracts/fans/v1");
  });

  it("needs a database", async () => {
    const repository = await openRepository({ ...files, "services/lamps/src/schema.ts": "" });
    await expect(repository.apply(planEvent, event)).rejects.toThrow(
      "services/lamps has no database for events: add a store",
    );
  });
});

describe("a job", () => {
  const job = { service: "lamps", name: "DimLater", rpc: "ScheduleDim", gateway: "nobody" };
  const withPackage = { ...files, "services/lamps/package.json": '{"dependencies": {"@mesh/service": "*"}}\n' };

  it("comes with an RPC that enqueues it, its handler, its table and a test", async () => {
    const repository = await openRepository(withPackage);
    await repository.apply(planJob, job);
    const proto = await repository.read(contract);
    expect(proto).toMatch(/message DimLater {\n {2}option \(mesh.v1.job\) = {\n {4}timeout_ms: 60000\n {4}attempts: 5/);
    const source = await repository.read(code);
    expect(source).toContain("await db.transaction((tx) => tx.enqueue(DimLater, { text }));");
    expect(source).toContain("{ store,\njobs }");
    expect(await repository.read("services/lamps/src/jobs.ts")).toContain("job(DimLater, async ({ text }, ");
    expect(await repository.read("services/lamps/src/jobs.test.ts")).toContain("await service.runJob(DimLater, ");
    const schema = await repository.read("services/lamps/src/schema.ts");
    expect(schema.match(/export { schedules } from "@mesh\/jobs\/tables";/g)).toHaveLength(1);
    expect(await repository.read("services/lamps/package.json")).toContain(
      '"@mesh/jobs": "*",\n    "@mesh/service": "*"',
    );
  });

  it("can be followed by another one, which needs no RPC and no table", async () => {
    const repository = await openRepository(withPackage);
    await repository.apply(planJob, job);
    const draft = await repository.apply(planJob, { ...job, name: "DimTwice", rpc: "" });
    expect([...draft.edits.keys()].sort()).toEqual([contract, "services/lamps/src/jobs.ts"]);
    expect((await repository.read("services/lamps/src/jobs.ts")).match(/job\(Dim/g)).toHaveLength(2);
    expect(await repository.read("services/lamps/src/jobs.test.ts")).not.toContain("DimTwice");
  });

  it("needs a database", async () => {
    const source = files[code].replace("{ store }", "{}");
    const repository = await openRepository({ ...withPackage, [code]: source });
    await expect(repository.apply(planJob, job)).rejects.toThrow(
      "services/lamps has no database for jobs: add a store",
    );
  });
});

describe("an error", () => {
  const error = {
    service: "lamps",
    reason: "BULB_BURNT",
    code: "FAILED_PRECONDITION",
    metadata: "lamp_id",
    rpcs: "none",
  };

  it("creates the error enum of a service, and declares it only on the RPCs that are named", async () => {
    const repository = await openRepository(files);
    await repository.apply(planError, error);
    expect(await repository.read(contract)).not.toContain("mesh.v1.method");
    await repository.apply(planError, { ...error, reason: "NO_POWER", metadata: "", rpcs: "TurnOff" });
    const proto = await repository.read(contract);
    expect(proto.match(/option \(mesh.v1.method\) = {errors: "LampError"};/g)).toHaveLength(1);
    expect(proto).toMatch(/rpc TurnOff[^}]*errors: "LampError"/);
    await repository.apply(planError, { ...error, reason: "TOO_DARK", rpcs: "all" });
    expect((await repository.read(contract)).match(/errors: "LampError"/g)).toHaveLength(2);
    await expect(repository.apply(planError, { ...error, reason: "LATE", rpcs: "TurnOf" })).rejects.toThrow(
      "LampService has no RPC TurnOf: use one of TurnOn, TurnOff",
    );
    expect(proto).toMatch(/LAMP_ERROR_BULB_BURNT = 1 \[[\s\S]*LAMP_ERROR_NO_POWER = 2 \[/);
  });

  it("declares the types of its metadata", async () => {
    const repository = await openRepository(files);
    await repository.apply(planError, { ...error, metadata: "lamp_id,watt_hours:int64" });
    expect(await repository.read(contract)).toContain('metadata: ["lamp_id", "watt_hours:int64"]');
  });

  it("extends the option of a method, and reuses no number", async () => {
    const repository = await openRepository(files);
    await repository.apply(planRpc, { ...rpc, gateway: "lamps:write" });
    await repository.apply(planError, { ...error, rpcs: "Dim" });
    const text = await repository.read(contract);
    expect(text).toMatch(/gateway: {scopes: "lamps:write"}\n {6}errors: "LampError"/);
    const reserved = text.replace("enum LampError {", "enum LampError {\n  reserved 7;");
    const again = await openRepository({ ...files, [contract]: reserved });
    await again.apply(planError, { ...error, reason: "NO_POWER" });
    expect(await again.read(contract)).toContain("LAMP_ERROR_NO_POWER = 8 [");
    await expect(again.apply(planError, error)).rejects.toThrow(
      /lamps.proto:\d+:3: LampError already has LAMP_ERROR_BULB_BURNT/,
    );
  });
});

describe("a service", () => {
  it.each([
    ["lamps", "services/lamps already exists"],
    ["zod", '"zod" is an npm package in use'],
    // An optional peer of drizzle-orm, which is not installed.
    ["postgres", '"postgres" is an npm package in use'],
  ])("can't use the name %s if it is in use", async (name, message) => {
    const repository = await openRepository(files);
    await expect(repository.apply(planService, { name, rpc: "Echo" })).rejects.toThrow(message);
  });

  it("can't use the name of an installed package if there is no lockfile", async () => {
    const repository = await openRepository(files);
    await rm(join(repository.root, "package-lock.json"));
    const message = '"zod" is an npm package in use';
    await expect(repository.apply(planService, { name: "zod", rpc: "Echo" })).rejects.toThrow(message);
  });

  const reviews = { name: "reviews", rpc: "none", exposed: "no", resource: "auto", consume: "none", peer: "none" };
  const event = `${files[contract]}
import "mesh/v1/options.proto";
// An event.
message LampSold { option (mesh.v1.event) = { subject: "lamps.v1.lamp_sold" key: "lamp_id" }; string lamp_id = 1; }
`;

  it("creates, gets and lists a resource: contract, routes, table, code and test", async () => {
    const repository = await openRepository(files);
    await repository.apply(planService, reviews);
    const proto = await repository.read("proto/reviews/v1/reviews.proto");
    for (const part of [
      "rpc CreateReview(CreateReviewRequest) returns (CreateReviewResponse)",
      'post: "/v1/reviews"',
      'get: "/v1/reviews/{id}"',
      'option (google.api.http) = {get: "/v1/reviews"};',
      'gateway: {scopes: "reviews:write"}',
      "REVIEWS_ERROR_REVIEW_NOT_FOUND = 1",
    ]) {
      expect(proto).toContain(part);
    }
    expect(proto.match(/NO_SIDE_EFFECTS/g)).toHaveLength(2);
    expect(await repository.read("services/reviews/src/schema.ts")).toContain('pgTable(\n  "reviews",');
    expect(await repository.read("gateway/src/router.ts")).toContain("reviews: ReviewsService");
    expect(await repository.read("services/reviews/src/service.test.ts")).toContain("service.client.listReviews(");
    await expect(repository.read("services/reviews/src/events.ts")).rejects.toThrow();
  });

  it("consumes an event and calls a peer on request", async () => {
    const repository = await openRepository({ ...files, [contract]: event });
    await repository.apply(planService, { ...reviews, resource: "OrderNote", consume: "LampSold", peer: "lamps" });
    const code = await repository.read("services/reviews/src/service.ts");
    expect(code).toContain("{ peers: { lamps: LampService }, store: ");
    expect(code).toContain(", consumers }, {");
    expect(code).toContain("async listOrderNotes(");
    expect(await repository.read("services/reviews/src/events.ts")).toContain("on(LampSold, async ({ lampId }, ");
    const proto = await repository.read("proto/reviews/v1/reviews.proto");
    expect(proto).toContain("repeated OrderNote order_notes = 1");
    expect(proto).toContain("// Adds an order note.");
    const fake = await repository.read("services/reviews/src/service.test.ts");
    expect(fake).toContain("implement(LampService, {\n  turnOn: unexpected,\n  turnOff: unexpected,\n});");
  });

  it("consumes several events and calls several peers", async () => {
    const renamed = (text: string) => text.replaceAll("lamps", "fans").replaceAll("Lamp", "Fan");
    const fans = {
      "proto/fans/v1/fans.proto": renamed(files[contract]),
      "services/fans/src/service.ts": renamed(files[code]),
    };
    const repository = await openRepository({ ...files, [contract]: event, ...fans });
    await repository.apply(planService, { ...reviews, consume: "LampSold", peer: "lamps, fans" });
    const written = await repository.read("services/reviews/src/service.ts");
    expect(written).toContain("{ peers: { lamps: LampService, fans: FanService }, store: ");
    const path = "services/reviews/src/service.test.ts";
    const fake = await repository.read(path);
    expect(parse(path, fake).text.match(/implement\(|function unexpected/g)).toHaveLength(3);
    expect(fake).toContain("{ peers: [lamps, fans] }");
  });

  it.each(["packages", "cases", "news"])("named %s has code without syntax errors", async (name) => {
    const repository = await openRepository(files);
    await repository.apply(planService, { ...reviews, name });
    for (const file of ["service", "service.test", "schema", "store"]) {
      const path = `services/${name}/src/${file}.ts`;
      expect(parse(path, await repository.read(path)).program.body.length).toBeGreaterThan(0);
    }
  });

  it("is rejected if there is no such event or peer, or the resource can't have its name", async () => {
    const repository = await openRepository({ ...files, [contract]: event });
    const planned = (change: object) => repository.apply(planService, { ...reviews, ...change });
    await expect(planned({ consume: "LampSolt" })).rejects.toThrow("no contract has the event LampSolt, only LampSold");
    await expect(planned({ peer: "fans" })).rejects.toThrow('services/ has no service "fans", only lamps');
    await expect(planned({ name: "events" })).rejects.toThrow('"Event" has another meaning in TypeScript: choose');
    await expect(planned({ rpc: "Echo", peer: "lamps" })).rejects.toThrow("leave out --rpc");
  });

  it("is rejected if the gateway has no list of services, with the line to write", async () => {
    const repository = await openRepository({ ...files, "gateway/src/router.ts": "export {};\n" });
    const planned = repository.apply(planService, { name: "fans", rpc: "Echo", exposed: "yes" });
    await expect(planned).rejects.toThrow("add `fans: FansService` by hand");
  });
});
