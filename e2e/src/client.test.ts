import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@mesh/dev";
import { createTokens } from "@mesh/rpc";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { putOnSale } from "./stock.ts";
import { servePage } from "./vite-example.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const tsc = join(root, "node_modules/typescript/bin/tsc");
let folder: string;
let mesh: RunningMesh;
let pageOrigin: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "typemesh-client-"));
  pageOrigin = `http://127.0.0.1:${await freePort()}`;
  const env = { CORS_ORIGINS: pageOrigin };
  [mesh] = await Promise.all([startMesh({ env }), write("--name", "@acme/shop-client", "--version", "1.2.3")]);
});

afterAll(async () => {
  await mesh?.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** Runs `npm run client -- …`, and returns its exit code and output. */
async function write(...args: string[]): Promise<[number, string]> {
  const out = args.includes("--out") ? [] : ["--out", join(folder, "package")];
  return run("npm", ["run", "--silent", "client", "--", ...args, ...out], { cwd: root }).then(
    ({ stdout }) => [0, stdout],
    // execFile rejects with an ExecFileException.
    (error) => [error.code, error.stdout + error.stderr],
  );
}

/** Serves tokens for customers at `/<id>` until the test ends. Returns its URL. */
async function tokenServer(): Promise<string> {
  const tokens = createTokens(mesh.credentials);
  const server = createServer(async ({ url = "" }, response) => {
    response.end(
      await tokens.issue({ kind: "customer", id: url.slice(1), scopes: new Set(["orders:read"]) }, Date.now()),
    );
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  // A server that listens on a port has an address of this kind.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("npm run client", () => {
  it("writes a package with nothing of the workspace in it", async () => {
    const files = (await readdir(join(folder, "package"), { recursive: true })).filter((file) =>
      /\.(js|ts)$/.test(file),
    );
    const texts = await Promise.all(files.map((file) => readFile(join(folder, "package", file), "utf8")));
    expect(files).toEqual(expect.arrayContaining(["index.js", "grpc.js", "orders/v1.js"]));
    expect(texts.filter((text) => /(from|import\(?)\s*["']@mesh\//.test(text))).toEqual([]);
    const { name, version, dependencies, peerDependencies } = JSON.parse(
      await readFile(join(folder, "package/package.json"), "utf8"),
    );
    expect([name, version]).toEqual(["@acme/shop-client", "1.2.3"]);
    expect(Object.keys({ ...dependencies, ...peerDependencies }).sort()).toEqual([
      "@bufbuild/protobuf",
      "@grpc/grpc-js",
      "@opentelemetry/api",
      "@trpc/client",
      "@trpc/server",
      "jose",
      "zod",
    ]);
  });

  it("documents its own services in its README", async () => {
    const text = await readFile(join(folder, "package/README.md"), "utf8");
    const examples = [
      "await client.catalog.startImport.mutate({",
      'errorDataOf(error, "catalog.startImport")',
      'from "@acme/shop-client/catalog/v1"',
      "createGrpcClient(CatalogService, {",
      "`CatalogError.has(error)`",
      "const session = keepCookies();",
      "`Idempotency-Key`",
      "`FORBIDDEN`",
      "`PERMISSION_DENIED`",
    ];
    for (const example of examples) expect(text).toContain(example);
  });

  it("writes a package without publint messages", async () => {
    const { messages } = await publint({ pkgDir: join(folder, "package"), pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it.each([
    [["--help"], 0, "npm run client -- "],
    [["--nmae", "x"], 2, "--nmae"],
    [["--name", "Not A Name"], 2, '--name is "Not A Name", must be an npm package name'],
    [["--version", "1"], 2, '--version is "1", must be a version'],
  ])("with %j ends with %i", async (args, code, text) => {
    expect(await write(...args)).toEqual([code, expect.stringContaining(text)]);
  });

  it("replaces only what it wrote", async () => {
    const other = join(folder, "other");
    await mkdir(other);
    await writeFile(join(other, "package.json"), "{}");
    expect(await write("--out", other)).toEqual([1, expect.stringContaining("contains other files")]);
    expect(await readdir(other)).toEqual(["package.json"]);
    const ours = join(folder, "again");
    for (const version of ["1.0.0", "2.0.0"]) expect((await write("--out", ours, "--version", version))[0]).toBe(0);
    expect(await readFile(join(ours, "package.json"), "utf8")).toContain('"version": "2.0.0"');
  });
});

describe("its tarball, installed outside of the repository", () => {
  const app = () => join(folder, "app");

  beforeAll(async () => {
    await cp(join(root, "e2e/fixtures/client-app"), app(), { recursive: true });
    await writeFile(join(app(), "package.json"), JSON.stringify({ type: "module", private: true }));
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", app()], {
      cwd: join(folder, "package"),
    });
    const [{ filename }] = JSON.parse(stdout);
    const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...flags, `./${filename}`, "eventsource@4"], { cwd: app() });
  });

  it.each([
    ["NodeNext", "NodeNext"],
    ["ESNext", "Bundler"],
  ])(
    "type-checks under strict, including its declarations: module %s, resolution %s",
    async (module, moduleResolution) => {
      const options = {
        strict: true,
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
      };
      const target = { target: "ES2023", lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable"], types: [] };
      const compilerOptions = { ...options, ...target, module, moduleResolution, outDir: "dist" };
      await writeFile(join(app(), "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
      const { stdout } = await run(process.execPath, [tsc], { cwd: app() }).catch((error) => error);
      expect(stdout).toBe("");
    },
  );

  it("calls a running mesh: queries, mutations, errors, subscriptions, gRPC and schemas", async () => {
    const productId = await putOnSale(mesh, "Lamp", 5n);
    const credentials = JSON.stringify(mesh.credentials.current.files);
    const tokens = await tokenServer();
    const args = [mesh.gatewayUrl, mesh.addressOf("orders"), productId, credentials, tokens];
    const { stdout } = await run(process.execPath, [join(app(), "dist/main.js"), ...args], {
      cwd: app(),
      timeout: 30_000,
    });
    expect(JSON.parse(stdout)).toEqual({
      product: true,
      total: expect.stringMatching(/^[1-9]\d*$/),
      placedAt: true,
      refusal: "OUT_OF_STOCK 5 of 1000",
      isListed: true,
      step: "confirmed",
      grpc: { isFound: true, reason: "ORDER_NOT_FOUND", late: "DEADLINE_EXCEEDED" },
      issues: ["items.0.quantity", "email"],
      reasons: 2,
      isForeign: true,
    });
  }, 240_000);

  it("runs the example for Node of its README: calls of one customer", async () => {
    const text = await readFile(join(folder, "package/README.md"), "utf8");
    const [example = ""] = [...text.matchAll(/^```ts\n(.*?)^```$/gms)]
      .map(([, code = ""]) => code)
      .filter((code) => code.includes("keepCookies"));
    const lines = [
      example.replace("https://shop.example", mesh.gatewayUrl),
      "const watch = (request) => new Promise((resolve, reject) => {",
      "  client.inventory.watchStock.subscribe(request, { onData: resolve, onError: reject });",
      "});",
      `const { stock } = await watch({ productIds: ["${await putOnSale(mesh, "Kettle", 7n)}"] });`,
      "const { orders } = await client.orders.listOrders.query({});",
      'process.stdout.write(stock.available + " " + orders.length, () => process.exit());',
    ];
    await writeFile(join(app(), "readme.mjs"), lines.join("\n"));
    const { stdout } = await run(process.execPath, ["readme.mjs"], { cwd: app(), timeout: 30_000 });
    expect(stdout).toBe("7 0");
  }, 240_000);

  it("is all that the page of examples/vite needs: it searches, orders, reads errors and follows orders", async () => {
    await putOnSale(mesh, "Blue Lamp", 3n);
    await using site = await servePage(app(), { origin: pageOrigin, gatewayUrl: mesh.gatewayUrl });
    const page = await site.open();
    await page.getByLabel("Search").fill("blue lamp");
    await page.getByText("1 found").waitFor();
    await page.getByRole("button", { name: /^Blue Lamp/ }).click();
    await page.getByLabel("Email").fill("nobody");
    await page.getByLabel(/^Quantity/).fill("4");
    await page.getByRole("button", { name: "Place order" }).click();
    await page.getByText("must be an email address").waitFor();
    await page.getByLabel("Email").fill("ada@example.com");
    await page.getByRole("button", { name: "Place order" }).click();
    await page.getByText("Only 3 of 4 are left.").waitFor();
    await page.getByLabel(/^Quantity/).fill("2");
    await page.getByRole("button", { name: "Place order" }).click();
    const row = page.getByRole("listitem").filter({ hasText: "2 × Blue Lamp" });
    await row.getByText("paid").waitFor();
    await page.reload();
    await row.getByText("paid").waitFor();
    expect(site.errors).toEqual([]);
  }, 240_000);
});
