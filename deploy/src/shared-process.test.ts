import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { writeCompose } from "./compose/write.ts";
import { writeKubernetes } from "./kubernetes/write.ts";
import { processesOf } from "./processes.ts";

const names = ["payments", "sales", "stock"];
const contracts = names.map((name) => ({
  name,
  slug: name,
  module: `@mesh/contracts/${name}/v1`,
  definition: `${name}Service`,
}));
const source = (own: string, ...called: string[]) =>
  `${[own, ...called].map((one) => `import { ${one}Service } from "@mesh/contracts/${one}/v1";\n`).join("")}service(${own}Service, {}, {});\n`;

const files = {
  "processes.json": '{ "shop": ["sales", "stock", "gateway"] }',
  "shared/contracts/gen/services.json": JSON.stringify(contracts),
  "shared/contracts/gen/events.json": "[]",
  "services/payments/package.json": "{}",
  "services/payments/src/main.ts": source("payments", "sales"),
  "services/sales/package.json": "{}",
  "services/sales/src/main.ts": source("sales", "stock", "payments"),
  "services/sales/migrations/0000.sql": "",
  "services/stock/package.json": '{ "dependencies": { "@mesh/files": "*" } }',
  "services/stock/src/main.ts": source("stock"),
  "services/stock/migrations/0000.sql": "",
  "gateway/package.json": "{}",
  "gateway/migrations/0000.sql": "",
  "gateway/src/main.ts": 'import { salesService } from "@mesh/contracts/sales/v1";\n',
};

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "mesh-shared-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const observability = join(root, "deploy/observability/prometheus");
  await mkdir(observability, { recursive: true });
  for (const name of ["rules.yaml", "alertmanager.yaml"]) {
    const own = join(import.meta.dirname, "../observability/prometheus", name);
    await writeFile(join(observability, name), await readFile(own));
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("apps of processes.json become one process, with the databases and the calls of all", async () => {
  const [shop, payments, ...others] = await processesOf(root);
  expect(others).toEqual([]);
  expect(shop).toEqual({
    name: "shop",
    isGateway: true,
    hasServices: true,
    meshNames: ["gateway", "sales", "stock"],
    calls: ["payments"],
    databases: [
      { name: "mesh_sales", variable: "SALES_DATABASE_URL" },
      { name: "mesh_stock", variable: "STOCK_DATABASE_URL" },
      { name: "mesh_gateway", variable: "DATABASE_URL" },
    ],
    hasFiles: true,
  });
  expect(payments).toMatchObject({ name: "payments", isGateway: false, calls: ["shop"] });
});

test("Kubernetes runs it as one workload, that the ingress and other processes reach", async () => {
  const folder = join(root, "kubernetes");
  // It checks each object against the schema of Kubernetes.
  await writeKubernetes(root, folder);
  const base = (await readdir(join(folder, "base"))).sort();
  expect(base).toEqual(["kustomization.yaml", "mesh.yaml", "payments.yaml", "shop.yaml"]);
  const read = async (file: string) =>
    parseAllDocuments(await readFile(join(folder, file), "utf8")).map((document) => document.toJS());
  const objects = [...(await read("base/shop.yaml")), ...(await read("base/mesh.yaml"))];
  const find = (kind: string) => objects.find((object) => object.kind === kind);

  const [container] = find("Deployment").spec.template.spec.containers;
  expect(container).toMatchObject({
    image: "shop",
    ports: [
      { name: "http", containerPort: 8080 },
      { name: "grpc", containerPort: 8081 },
      { name: "metrics", containerPort: 9464 },
    ],
    env: expect.arrayContaining([
      { name: "GRPC_PORT", value: "8081" },
      { name: "WEB_DIR", value: "/app/web" },
      { name: "FILES_DIR", value: "/files" },
      { name: "SALES_DATABASE_URL_FILE", value: "/settings/SALES_DATABASE_URL" },
      { name: "COOKIE_SECRET_FILE", value: "/settings/COOKIE_SECRET" },
    ]),
  });
  expect(find("Service").spec.ports.map(({ port }: { port: number }) => port)).toEqual([8080, 8081]);
  expect(find("Ingress").spec.rules[0].http.paths[0].backend.service.name).toBe("shop");
  const policy = find("NetworkPolicy").spec;
  expect(policy.ingress.map(({ ports: [{ port }] }: { ports: [{ port: number }] }) => port)).toEqual([
    8080, 8081, 9464,
  ]);
  const [caller] = (await read("base/payments.yaml")).filter(({ kind }) => kind === "NetworkPolicy");
  expect(caller.spec.egress).toContainEqual({
    to: [{ podSelector: { matchLabels: expect.objectContaining({ "app.kubernetes.io/name": "shop" }) } }],
    ports: [{ protocol: "TCP", port: 8081 }],
  });
  const [job] = await read("migrations/jobs.yaml");
  expect(job.spec.template.spec.containers[0]).toMatchObject({ image: "shop", args: ["migrate"] });
});

test("Docker Compose runs it as one service, with its secrets, behind the proxy", async () => {
  const folder = join(root, "compose");
  await writeCompose(root, folder);
  const read = (file: string) => readFile(join(folder, file), "utf8");
  const { services } = parse(await read("compose.yaml"));
  expect(Object.keys(services)).toEqual(expect.arrayContaining(["shop", "payments"]));
  expect(Object.keys(services)).not.toEqual(expect.arrayContaining(["gateway"]));
  expect(services.shop).toMatchObject({
    build: { args: { SERVICE: "shop" } },
    networks: ["edge", "mesh"],
    environment: { GRPC_PORT: "8081", WEB_DIR: "/app/web", STOCK_DATABASE_URL_FILE: "/settings/STOCK_DATABASE_URL" },
  });
  expect(services.proxy.depends_on).toEqual({ shop: { condition: "service_started" } });
  expect(await read("Caddyfile")).toContain("dynamic a shop 8080");
  const url = await read("secrets/settings/shop/NATS_URL");
  expect(url).toMatch(/^nats:\/\/shop:/);
  expect(await read("secrets/users.conf")).toContain('"user": "shop"');
});

test.each([
  [{ Shop: ["sales", "stock"] }, 'the process "Shop" must have a name of lowercase letters, digits and -'],
  [{ shop: "some" }, 'must be "all" or a list of apps'],
  [{ shop: ["sales", "stok"] }, 'processes.json: there is no "stok"'],
  [{ shop: ["sales", "stock"], more: ["stock", "sales"] }, "stock is named twice"],
  [{ sales: ["sales", "stock"] }, "sales is an app: give the process another name"],
])("processes %j are rejected", async (processes, message) => {
  const own = await mkdtemp(join(tmpdir(), "mesh-shared-"));
  try {
    for (const name of ["sales", "stock"]) await mkdir(join(own, `services/${name}/src`), { recursive: true });
    for (const name of ["sales", "stock"]) await writeFile(join(own, `services/${name}/src/main.ts`), "");
    await writeFile(join(own, "processes.json"), JSON.stringify(processes));
    await expect(processesOf(own)).rejects.toThrow(message);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
});
