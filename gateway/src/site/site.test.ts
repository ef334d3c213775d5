import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { gatewaySettings } from "../settings.ts";

const page = "<!doctype html><title>The shop</title>";
const navigation = { headers: { accept: "text/html,application/xhtml+xml" } };
let webDir: string;

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), "mesh-site-"));
  await mkdir(join(webDir, "assets"));
  await writeFile(join(webDir, "index.html"), page);
  await writeFile(join(webDir, "favicon.svg"), "<svg/>");
  await writeFile(join(webDir, "assets/index-Ab1.js"), "export {};");
  await writeFile(join(webDir, "assets/index-Ab1.js.map"), "{}");
});
afterAll(() => rm(webDir, { recursive: true, force: true }));

test("serves the page at its own addresses, with its files", async () => {
  const { url } = await startMesh({}, { settings: { webDir } });
  for (const path of ["/", "/cart", "/products/a.b?from=list"]) {
    const response = await fetch(url + path, navigation);
    expect([path, response.status, await response.text()]).toEqual([path, 200, page]);
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'self';.*frame-ancestors 'none'$/);
  }
  const script = await fetch(`${url}/assets/index-Ab1.js`);
  expect(await script.text()).toBe("export {};");
  expect(script.headers.get("content-type")).toBe("text/javascript");
  expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const icon = await fetch(`${url}/favicon.svg`);
  const again = await fetch(`${url}/favicon.svg`, { headers: { "if-none-match": icon.headers.get("etag") ?? "" } });
  expect([icon.status, again.status]).toEqual([200, 304]);
});

test("leaves all other routes as they are", async () => {
  const { url } = await startMesh({}, { settings: { webDir } });
  const typeOf = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, init);
    await response.arrayBuffer();
    return [response.status, response.headers.get("content-type")?.split(";")[0]];
  };
  expect(await typeOf("/healthz", navigation)).toEqual([200, "application/json"]);
  expect(await typeOf("/openapi.json", navigation)).toEqual([200, "application/json"]);
  expect(await typeOf("/v1/absent", navigation)).toEqual([404, "application/problem+json"]);
  expect(await typeOf("/assets/absent.js")).toEqual([404, "application/problem+json"]);
  expect(await typeOf("/assets/index-Ab1.js.map", navigation)).toEqual([404, "application/problem+json"]);
  expect(await typeOf("/../package.json")).toEqual([404, "application/problem+json"]);
  expect(await typeOf("/index.html", { method: "POST" })).toEqual([404, "application/problem+json"]);
  const { url: bare } = await startMesh();
  expect(await (await fetch(`${bare}/`, navigation)).text()).toMatch(/^This is the gateway of a Typemesh/);
});

test("requires a folder with a page", () => {
  const settings = (WEB_DIR: string) =>
    gatewaySettings({ WEB_DIR, MESH_TLS: "off", NATS_URL: "nats://127.0.0.1:4222" });
  expect(settings(webDir).webDir).toBe(webDir);
  expect(() => settings(join(webDir, "assets"))).toThrow(/WEB_DIR.*expected: the folder of the built web page/);
});
