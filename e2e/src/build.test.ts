import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { keepProcess } from "@mesh/dev";
import { openSql, type RunningMesh, startMesh, testDatabase } from "@mesh/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type Clone, openClone } from "./clone.ts";
import { openBrowser } from "./page.ts";

let clone: Clone;
/** A folder with nothing but the builds. */
let alone: string;
let mesh: RunningMesh;
let output: string;

const apps = ["catalog", "inventory", "orders", "payments", "gateway"];
/** With processes.json. */
const deployed = ["front", "inventory", "orders", "payments"];
const imageFolder = "tools/dev/bin/image-folder.mjs";
const folderOf = (name: string) => (name === "gateway" || name === "web" ? name : `services/${name}`);
const broken = "00000000-0000-4000-8000-000000000001";

const production = {
  NODE_ENV: "production",
  // The servers of tests are on this machine, and NATS is one server.
  NATS_TLS: "off",
  DATABASE_TLS: "off",
  STREAM_REPLICAS: "1",
  NODE_OPTIONS: "",
};

beforeAll(async () => {
  clone = await openClone();
  const service = join(clone.root, "services/catalog/src/service.ts");
  const handler = "async getProduct({ id }, { db }) {";
  const source = await readFile(service, "utf8");
  await writeFile(
    service,
    source.replace(handler, `${handler}\nif (id === "${broken}") throw new Error("thrown here");`),
  );
  await writeFile(join(clone.root, "processes.json"), '{ "front": ["catalog", "gateway"] }');
  const built = await clone.call("npm", ["run", "build"]);
  output = built.output;
  expect(built, output).toMatchObject({ code: 0 });
  alone = await mkdtemp(join(tmpdir(), "mesh-alone-"));
  for (const name of [...apps, "web"]) {
    await cp(join(clone.root, folderOf(name), "dist"), join(alone, name), { recursive: true });
  }
  const collected = await clone.call(process.execPath, [imageFolder, "front", join(alone, "front")]);
  expect(collected).toMatchObject({ code: 0 });
  mesh = await startMesh({
    root: clone.root,
    env: { ...production, WEB_DIR: join(alone, "web") },
    programOf: ({ name }) => join(alone, name, "main.js"),
  });
});

afterAll(async () => {
  await mesh?.close();
  await clone?.[Symbol.asyncDispose]();
  if (alone) await rm(alone, { recursive: true, force: true });
});

const get = (path: string, headers = {}) => fetch(mesh.gatewayUrl + path, { headers });

test("a process of processes.json is built, too, and its image has all of its apps and the page", async () => {
  expect(output).toMatch(/^ {2}dist\/front +.*\bCATALOG_DATABASE_URL\b.*\bCOOKIE_SECRET\b/m);
  expect(await readFile(join(alone, "front/web/index.html"), "utf8")).toContain("<html");
  const { components } = JSON.parse(await readFile(join(alone, "front/sbom.cdx.json"), "utf8"));
  const names = components.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(["@grpc/grpc-js", "react"]));
});

test("npm run build prints the folders, and the settings that each needs", () => {
  for (const name of apps) {
    expect(output).toMatch(new RegExp(`^  ${folderOf(name)}/dist +.*\\bDATABASE_URL\\b`, "m"));
  }
  expect(output).toMatch(/^ {2}web\/dist +.*WEB_DIR/m);
});

test("the builds run when they are copied alone, and serve requests and the page", async () => {
  const products = await get("/v1/products");
  expect([products.status, await products.json()]).toEqual([200, expect.objectContaining({ products: [] })]);
  expect((await get("/healthz")).status).toBe(200);
  const page = await (await get("/cart", { accept: "text/html" })).text();
  const [, script = ""] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
  expect((await get(script)).headers.get("content-type")).toBe("text/javascript");
  expect((await get("/reference")).status).toBe(200);
  expect((await get("/reference/swagger-ui.css")).status).toBe(200);
});

test("a stack trace names the TypeScript sources, without a flag of Node", async () => {
  expect((await get(`/v1/products/${broken}`)).status).toBe(500);
  const line = /Error: thrown here\\n +at .*services\/catalog\/src\/service\.ts:\d+:\d+/;
  await expect.poll(() => mesh.apps.catalog?.output()).toMatch(line);
});

test("a build applies the migrations of a service, and ends, with the argument migrate", async () => {
  await using database = await testDatabase();
  const env = { PATH: process.env.PATH, ...production, MESH_TLS_DIR: mesh.developerDir, NATS_URL: mesh.nats.url };
  const migrate = async (DATABASE_URL: string) => {
    const child = spawn(process.execPath, [join(alone, "orders/main.js"), "migrate"], {
      env: { ...env, DATABASE_URL },
    });
    keepProcess(child);
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (printed += chunk));
    const [code] = await once(child, "close");
    return { code, printed };
  };
  const first = await migrate(database.url);
  expect(first).toEqual({ code: 0, printed: expect.stringContaining("migrated the database") });
  expect(first.printed).not.toContain("listening");
  const second = await migrate(database.url);
  expect(second).toEqual({ code: 0, printed: expect.stringContaining("the databases have all migrations") });
  expect(second.printed).not.toContain("migrated the database");
  await using sql = await openSql(database.url);
  await sql.run("update drizzle.__drizzle_migrations set hash = 'another'");
  expect(await migrate(database.url)).toEqual({ code: 1, printed: expect.stringContaining("was changed") });
});

test("a compose file has every setting that the builds need, and none that is wrong", async () => {
  expect(await clone.call("npm", ["run", "deploy", "--", "compose"])).toMatchObject({ code: 0 });
  const folder = join(clone.root, "deploy/dist/compose");
  const { services } = parse(await readFile(join(folder, "compose.yaml"), "utf8"));
  const fromEnvironment = (value: string) => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1");
  for (const name of deployed) {
    const { environment } = services[name];
    const inFolder = (value: string) => value.replace(/^\/settings/, join(folder, "secrets/settings", name));
    const settings = Object.fromEntries(
      Object.entries<string>(environment).map(([key, value]) => [key, inFolder(fromEnvironment(value))]),
    );
    // With a wrong setting, a program ends with the names of all that are wrong.
    const page = name === "front" ? { WEB_DIR: join(alone, "web"), FILES_DIR: alone } : {};
    const env = { PATH: process.env.PATH, NODE_ENV: "production", ...settings, ...page, LOG_LEVEL: "loud" };
    const failed = promisify(execFile)(process.execPath, [join(alone, name, "main.js")], { env });
    await expect(failed).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^1 wrong setting:\n {2}LOG_LEVEL/),
    });
  }
});

test("the command for manifests runs in a clone", async () => {
  expect(await clone.call("npm", ["run", "deploy", "--", "kubernetes"])).toMatchObject({ code: 0 });
  const file = join(clone.root, "deploy/dist/kubernetes/overlays/production/kustomization.yaml");
  expect(parse(await readFile(file, "utf8"))).toMatchObject({ kind: "Kustomization" });
});

test("npm run preview runs the builds and the page, and a signal ends it", async () => {
  const env = { ...process.env, NODE_ENV: "", GATEWAY_PORT: "0" };
  const child = spawn(process.execPath, ["tools/dev/bin/preview.mjs"], { cwd: clone.root, env });
  keepProcess(child);
  const gone = once(child, "close");
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (printed += chunk));
  await expect.poll(() => printed, { timeout: 120_000 }).toMatch(/Stop +Ctrl-C/);
  expect(printed).toMatch(/The build for production is ready after/);
  const [, url = ""] = /Web page +(\S+)/.exec(printed) ?? [];

  await using browser = await openBrowser();
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
  await page.goto(url);
  await page.getByRole("article").first().getByRole("link").first().click();
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.goto(`${url}/checkout`);
  await page.getByRole("textbox", { name: "Name" }).fill("Ada Lovelace");
  await page.getByRole("textbox", { name: "Email" }).fill("ada@example.com");
  await page.getByRole("textbox", { name: "Address" }).fill("12 St James's Square, London");
  await page.getByRole("radio").first().check();
  await page.getByRole("button", { name: /^Place order/ }).click();
  await page.getByRole("list", { name: "Progress" }).getByText("Confirmed").waitFor();
  expect(errors).toEqual([]);

  child.kill("SIGINT");
  expect(await gone).toEqual([0, null]);
  expect(printed).toContain("stopping as in production");
});

// The last test, because it ends the mesh.
test("the builds end with exit code 0 after SIGTERM", async () => {
  const codes = await Promise.all(apps.map((name) => mesh.apps[name]?.kill("SIGTERM")));
  expect(codes).toEqual([0, 0, 0, 0, 0]);
});
