import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processesOf } from "./processes.ts";

const files = {
  "shared/contracts/gen/services.json": JSON.stringify([
    { name: "acme.stock", slug: "acme_stock", module: "@mesh/contracts/acme/stock/v1", definition: "StockService" },
    { name: "sales", slug: "sales", module: "@mesh/contracts/sales/v1", definition: "SalesService" },
  ]),
  "services/stock/package.json": '{ "dependencies": { "@mesh/files": "*" } }',
  "services/stock/src/main.ts":
    'import { StockService } from "@mesh/contracts/acme/stock/v1";\nservice(StockService, {}, {});\n',
  // The seed program calls on behalf of a person, and a test is not part of the process.
  "services/stock/src/seed.ts": 'import { SalesService } from "@mesh/contracts/sales/v1";\n',
  "services/stock/src/sale.test.ts": 'import { SalesService } from "@mesh/contracts/sales/v1";\n',
  "services/stock/migrations/meta/_journal.json": "{}",
  "services/sales/package.json": "{}",
  "services/sales/src/main.ts": `import { SalesService } from "@mesh/contracts/sales/v1";
import { StockService } from "@mesh/contracts/acme/stock/v1";
service(SalesService, { peers: { stock: StockService } }, {});
`,
  "gateway/package.json": "{}",
  "gateway/src/main.ts": "",
  "gateway/src/router.ts":
    'import { SalesService } from "@mesh/contracts/sales/v1";\nexport const services = { sales: SalesService };\n',
};

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "mesh-processes-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("an app that is not built, as it has no package.json, can't be deployed", async () => {
  await rm(join(root, "services/sales/package.json"));
  await expect(processesOf(root)).rejects.toThrow("services/sales has no package.json");
  await writeFile(join(root, "services/sales/package.json"), "{}");
});

test("the sources say which processes there are, what they are named, and whom they call", async () => {
  const [stock, sales, gateway] = (await processesOf(root)).sort((one, other) => other.name.localeCompare(one.name));
  expect(stock).toEqual({
    name: "stock",
    isGateway: false,
    hasServices: true,
    meshNames: ["acme.stock"],
    calls: [],
    databases: [{ name: "mesh_acme_stock", variable: "DATABASE_URL" }],
    hasFiles: true,
  });
  expect(sales).toMatchObject({ name: "sales", calls: ["stock"], databases: [], hasFiles: false });
  expect(gateway).toMatchObject({ name: "gateway", isGateway: true, meshNames: ["gateway"], calls: ["sales"] });
});
