import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findApps, peerList } from "./app.ts";
import { databasesOf } from "./app-databases.ts";

/** Writes a mesh of a few files that lives as long as the test. */
async function meshOf(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "mesh apps "));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const services = ["orders", "catalog"].map((word) => ({
  name: `acme.${word}`,
  slug: `acme_${word}`,
  module: `@mesh/contracts/acme/${word}/v1`,
  definition: "ThingService",
}));
const source = (word: string) =>
  `import { ThingService } from "@mesh/contracts/acme/${word}/v1";\nexport const it = service(\n  ThingService, {}, {});\n`;

test("an app is known by the services that its sources implement, and its databases by their slugs", async () => {
  const root = await meshOf({
    "shared/contracts/gen/services.json": JSON.stringify(services),
    "services/both/src/main.ts": source("orders") + source("catalog"),
    "services/both/migrations/.gitkeep": "",
    "services/catalog/migrations/.gitkeep": "",
    "services/catalog/src/main.ts": "",
    "services/catalog/src/things.ts": source("catalog"),
    "services/shop/src/main.ts": source("orders"),
    "services/shop/src/main.test.ts": source("catalog"),
    "services/plain-one/src/main.ts": "",
    "gateway/src/main.ts": source("orders"),
    "gateway/migrations/.gitkeep": "",
  });
  const apps = await findApps(root);
  expect(apps.map((app) => [app.name, app.services.map(({ name }) => name)])).toEqual([
    ["both", ["acme.orders", "acme.catalog"]],
    ["catalog", ["acme.catalog"]],
    ["plain-one", ["plain-one"]],
    ["shop", ["acme.orders"]],
    ["gateway", []],
  ]);
  expect(apps.map((app) => databasesOf(app, "mesh"))).toEqual([
    [
      { name: "mesh_acme_orders", variable: "ACME_ORDERS_DATABASE_URL" },
      { name: "mesh_acme_catalog", variable: "ACME_CATALOG_DATABASE_URL" },
    ],
    [{ name: "mesh_acme_catalog", variable: "DATABASE_URL" }],
    [],
    [],
    [{ name: "mesh_gateway", variable: "DATABASE_URL" }],
  ]);
  expect(peerList(apps.slice(1), ({ name }) => `${name}:1`)).toBe(
    "acme.catalog=catalog:1,plain-one=plain-one:1,acme.orders=shop:1",
  );
});
