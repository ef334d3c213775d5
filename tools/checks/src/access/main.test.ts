import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type ContractRepository, createRepository } from "../../fixtures/contract-repository.ts";
import { runBin } from "../../fixtures/run-bin.ts";

/** A contract with two methods. @param options of the service and of each method */
const contract = (name: string, service = "", sell = "", refund = "") => `syntax = "proto3";
package ${name}.v1;
import "mesh/v1/options.proto";
message Ask {}
service ${name.charAt(0).toUpperCase()}${name.slice(1)}Service {
  option (mesh.v1.service) = {${service}};
  rpc Sell(Ask) returns (Ask) {
    option (mesh.v1.method) = {${sell}};
  }
  rpc Refund(Ask) returns (Ask) {
    option (mesh.v1.method) = {${refund}};
  }
}
`;

const shop = `import { ShopService } from "@mesh/contracts/shop/v1";
import { TillService as Till } from "@mesh/contracts/till/v1";
import { service } from "@mesh/service";

// The till keeps the money: peers: { shop: ShopService }
export const shop = service(
  ShopService,
  {
    peers: { till: Till },
  },
  {
    async sell(request, { peers }) {
      await peers.till.sell(request);
      return peers.till
        .refund(request);
    },
  },
);
`;
const router = `import { TillService } from "@mesh/contracts/till/v1";
export const services = { till: TillService };
`;
const byHand = "export const call = ({ peers }) => peers.till.refund({});\n";

let repository: ContractRepository;
beforeAll(async () => {
  repository = await createRepository();
  await repository.write({
    "proto/shop/v1/shop.proto": contract("shop"),
    "services/shop/src/service.ts": shop,
    "services/shop/src/service.test.ts": "peers.till.refund()",
    "gateway/src/router.ts": router,
    "gateway/src/procedures/by-hand.ts": byHand,
  });
});
afterAll(() => repository[Symbol.asyncDispose]());

/** Checks a till with these options. Returns what is printed, and the exit code. */
async function check(...options: string[]) {
  await repository.write({ "proto/till/v1/till.proto": contract("till", ...options) });
  const { stdout, stderr, code } = await runBin("mesh-access", repository.folder);
  return { text: stdout + stderr, code };
}

test("callers that the contract lists are right", async () => {
  expect(await check("", 'callers: "shop"', 'callers: ["*", "gateway"]')).toEqual({
    text: "every method is called, every event published and consumed, and every job enqueued and done, by services that may\n",
    code: 0,
  });
});

test("the roles of all contracts are printed, each with its scopes", async () => {
  const file = (name: string, roles = "") => {
    const options = `import "mesh/v1/options.proto";\noption (mesh.v1.package) = {roles: [${roles}]};\n`;
    return `syntax = "proto3";\npackage ${name}.v1;\n${options}`;
  };
  const write = (desk?: string, back?: string) =>
    repository.write({
      "proto/desk/v1/desk.proto": file("desk", desk),
      "proto/back/v1/back.proto": file("back", back),
    });
  onTestFinished(() => write());
  await write(
    '{name: "customer" scopes: "a:read"}, {name: "clerk" scopes: "a:write a:read"}',
    '{name: "clerk" scopes: "b:read"}',
  );
  const { text, code } = await check("", 'callers: "shop"', 'callers: ["*", "gateway"]');
  expect([text.split("\n").slice(0, 2), code]).toEqual([["clerk     a:read a:write b:read", "customer  a:read"], 0]);
});

test("an upstream of which a service may call no method is printed with its place, both services and the fix", async () => {
  expect(await check('callers: "till"', "", "gateway: {public: true}")).toEqual({
    text: `services/shop/src/service.ts:9:14: shop has the upstream till, but may call no method of it: add "shop" to the callers in proto/till/v1/till.proto:6, or remove it from peers\n1 problem\n`,
    code: 1,
  });
});

test("calls of methods that their caller may not call are printed, those of the gateway, too", async () => {
  expect(await check("", "", 'callers: "till"')).toEqual({
    text: `gateway/src/procedures/by-hand.ts:1:36: gateway may not call Refund of till: add "gateway" to the callers in proto/till/v1/till.proto:11, or remove the call
services/shop/src/service.ts:14:14: shop may not call Refund of till: add "shop" to the callers in proto/till/v1/till.proto:11, or remove the call
2 problems\n`,
    code: 1,
  });
});

test("a caller that no service of the repository is must have a reason", async () => {
  const all = ["", "", 'callers: ["shop", "gateway", "billing"]'];
  expect(await check(...all)).toEqual({
    text: `proto/till/v1/till.proto:11:32: callers: "billing" names no service of this repository: use one of shop, till, or comment // mesh:elsewhere <reason> if it is in another repository\n1 problem\n`,
    code: 1,
  });
  const source = contract("till", ...all).replace(
    "  rpc Refund",
    "  // mesh:elsewhere another team has it\n  rpc Refund",
  );
  await repository.write({ "proto/till/v1/till.proto": source });
  expect(await runBin("mesh-access", repository.folder)).toMatchObject({ code: 0 });
});

test("events that are not their own, and those that do not list the service, are printed", async () => {
  const events = (consumers: string) => `message Sold {
  option (mesh.v1.event) = {subject: "till.v1.sold" key: "id" ${consumers}};
  string id = 1;
}
`;
  const source = `import { Sold } from "@mesh/contracts/till/v1";
export const sell = (tx) => tx.publish(Sold, {});
export const consumers = [
  on(Sold, () => {}),
];
`;
  await repository.write({ "services/shop/src/events.ts": source });
  onTestFinished(() => repository.write({ "services/shop/src/events.ts": undefined }));
  const contracts = async (consumers: string) => {
    await repository.write({
      "proto/till/v1/till.proto": contract("till", "", "", 'callers: ["*", "gateway"]') + events(consumers),
    });
    return runBin("mesh-access", repository.folder);
  };
  const published =
    "services/shop/src/events.ts:2:31: shop publishes Sold, which only till may: publish an event of its own, or call till\n";
  expect((await contracts("")).stderr).toBe(`${published}1 problem\n`);
  expect((await contracts('consumers: "shop"')).stderr).toBe(`${published}1 problem\n`);
  const consumed =
    'services/shop/src/events.ts:4:3: shop may not consume Sold of till: add "shop" to the consumers in proto/till/v1/till.proto:15, or remove the handler\n';
  expect((await contracts('consumers: "till"')).stderr).toBe(`${published}${consumed}2 problems\n`);
  expect((await contracts('consumers: "shpo"')).stderr).toContain(
    'proto/till/v1/till.proto:15:63: consumers: "shpo" names no service of this repository: use one of shop, till, or',
  );
});

test("jobs are printed with who does and enqueues them, and those that are enqueued without a handler or not done", async () => {
  const jobs = `message SendBill {
  option (mesh.v1.job) = {};
}
message CleanUp {
  option (mesh.v1.job) = {};
}
`;
  const bill = 'import { SendBill, CleanUp } from "@mesh/contracts/shop/v1";\n';
  const write = async (source: string | undefined, more = jobs) => {
    await repository.write({
      "proto/shop/v1/shop.proto": contract("shop") + more,
      "proto/till/v1/till.proto": contract("till", "", "", 'callers: ["*", "gateway"]'),
      "services/shop/src/jobs.ts": source && `${bill}${source}`,
    });
    return runBin("mesh-access", repository.folder);
  };
  onTestFinished(async () => void (await write(undefined, "")));
  const enqueue = "export const start = (tx) => tx.enqueue(SendBill, {});\n";
  const tidy = 'export const schedules = [schedule("tidy", { cron: "0 3 * * *" }, CleanUp, {})];\n';
  const done = await write(`${enqueue}${tidy}export const jobs = [job(SendBill, () => {}), job(CleanUp, () => {})];\n`);
  expect([done.stdout.split("\n").slice(0, 2), done.code]).toEqual([
    [
      "shop.v1.SendBill  done by shop, enqueued in services/shop/src/jobs.ts:2",
      "shop.v1.CleanUp   done by shop, enqueued in services/shop/src/jobs.ts:3",
    ],
    0,
  ]);
  const { stderr, code } = await write(`${enqueue}export const jobs = [job(CleanUp, () => {})];\n`);
  expect([stderr, code]).toEqual([
    `proto/shop/v1/shop.proto:15:10: no service does SendBill: add job(SendBill, …) to the jobs of shop, or comment // mesh:elsewhere <reason> if it is in another repository
services/shop/src/jobs.ts:2:32: shop enqueues SendBill, which it does not do: add job(SendBill, …) to its jobs
2 problems\n`,
    1,
  ]);
});

test("the command prints its help, and rejects unknown flags", async () => {
  expect((await runBin("mesh-access", repository.folder, ["--help"])).stdout).toContain("npm run contracts:access");
  expect(await runBin("mesh-access", repository.folder, ["--fix"])).toMatchObject({ code: 2 });
});
