import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { connect, type Upstream } from "@mesh/rpc";
import { createLifecycle } from "@mesh/runtime";
import { openSql, type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ask, openUpload, pngOf, upload } from "../../../fixtures/files.ts";
import { silent } from "../../../fixtures/mesh.ts";
import { type User, userHeader } from "../../../fixtures/users.ts";
import { identify } from "../../../fixtures/walk/users.ts";
import { openGateway } from "../../gateway.ts";
import { services } from "../../router.ts";
import { gatewaySettings } from "../../settings.ts";

const maxBytes = 20 * 1024 * 1024;
const life = createLifecycle({ log: silent });
let mesh: RunningMesh;
let catalog: Upstream<NonNullable<typeof CatalogService.types>>;
let url: string;

beforeAll(async () => {
  mesh = await startMesh();
  const tlsDir = join(dirname(mesh.developerDir), "gateway");
  const peers = Object.keys(services).map((name) => `${name}=${mesh.addressOf(name)}`);
  const settings = gatewaySettings({ PORT: "0", MESH_PEERS: peers.join(","), MESH_TLS_DIR: tlsDir });
  const { port, health } = await openGateway(settings, { life, log: silent, identify, limits: { rates: false } });
  await vi.waitFor(() => expect(health.ready()).toBe(true), 60_000);
  url = `http://127.0.0.1:${port}`;
  catalog = connect(CatalogService, { address: mesh.addressOf("catalog"), credentials: mesh.credentials });
});
afterAll(async () => {
  await life.close();
  await catalog?.close();
  await mesh?.close();
});

async function newProduct(): Promise<string> {
  const price = { minorUnits: 1_000n, currency: "EUR" };
  const { product } = await catalog.client.createProduct({ name: "Lamp", category: Category.CATEGORY_HOME, price });
  return product?.id ?? "";
}

async function imagesOf(id: string) {
  return (await catalog.client.getProduct({ id })).product?.images ?? [];
}

const pathOf = (productId: string, id: string = randomUUID()) => `${url}/v1/products/${productId}/images/${id}`;
const as = (user: User, type = "image/png") => ({ [userHeader]: user, "content-type": type });

/** The files of a product's pictures, and those that are being written. */
async function filesOf(productId: string) {
  const folder = join(mesh.filesDir, "catalog");
  const list = (path: string) => readdir(join(folder, path)).catch(() => []);
  return { objects: await list(`products/${productId}`), drafts: await list(".drafts") };
}

test("a picture of 20 MiB comes back byte by byte, to everybody", async () => {
  const [productId, id, bytes] = [await newProduct(), randomUUID(), pngOf(maxBytes)];
  const added = await upload(pathOf(productId, id), bytes, as("clerk"));
  expect(added.status, added.text).toBe(200);
  expect(JSON.parse(added.text)).toEqual({ id, contentType: "image/png", size: String(maxBytes) });
  expect(await imagesOf(productId)).toEqual([{ id, contentType: "image/png", size: BigInt(maxBytes) }]);
  const got = await ask(pathOf(productId, id), { [userHeader]: "stranger" });
  expect(got.status).toBe(200);
  expect(got.bytes.equals(bytes)).toBe(true);
  expect(got.headers).toMatchObject({
    "content-type": "image/png",
    "content-length": String(maxBytes),
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-disposition": "inline",
  });
  const part = await ask(pathOf(productId, id), { [userHeader]: "ada", range: "bytes=-100" });
  expect(part.status).toBe(206);
  expect(part.headers["content-range"]).toBe(`bytes ${maxBytes - 100}-${maxBytes - 1}/${maxBytes}`);
  expect(part.bytes.equals(bytes.subarray(-100))).toBe(true);
});

test.each([
  ["with its length", {}],
  ["in chunks", { "content-length": "" }],
])("one byte more, sent %s, is 413 and leaves nothing", async (_, headers) => {
  const productId = await newProduct();
  const reply = await upload(pathOf(productId), pngOf(maxBytes + 1), { ...as("clerk"), ...headers });
  expect(reply.status, reply.text).toBe(413);
  await vi.waitFor(async () => expect(await filesOf(productId)).toEqual({ objects: [], drafts: [] }), 10_000);
  expect(await imagesOf(productId)).toEqual([]);
});

test("only clerks may add and remove pictures", async () => {
  const [productId, id] = [await newProduct(), randomUUID()];
  for (const user of ["ada", "anonymous", "stranger"] as const) {
    expect((await upload(pathOf(productId, id), pngOf(1_000), as(user))).status).toBe(403);
  }
  expect((await upload(pathOf(productId, id), pngOf(1_000), as("clerk"))).status).toBe(200);
  expect((await ask(pathOf(productId, id), as("ada"), "DELETE")).status).toBe(403);
  expect((await ask(pathOf(productId, id), as("clerk"), "DELETE")).status).toBe(200);
  expect((await ask(pathOf(productId, id), as("ada"))).status).toBe(404);
  expect(await imagesOf(productId)).toEqual([]);
  await vi.waitFor(async () => expect((await filesOf(productId)).objects).toEqual([]), 10_000);
});

test("two uploads at the same time cannot take the last place together", async () => {
  const productId = await newProduct();
  for (let at = 0; at < 7; at += 1) await upload(pathOf(productId), pngOf(100), as("clerk"));
  const both = await Promise.all([1, 2].map(() => upload(pathOf(productId), pngOf(2_000_000), as("clerk"))));
  const [well, rejected] = both.sort((a, b) => a.status - b.status);
  expect(well?.status).toBe(200);
  expect(JSON.parse(rejected?.text ?? "")).toMatchObject({ reason: "TOO_MANY_IMAGES", metadata: { limit: 8 } });
  expect(await imagesOf(productId)).toHaveLength(8);
});

test("an upload that is repeated returns the picture, and other bytes do not replace it", async () => {
  const [productId, id, bytes] = [await newProduct(), randomUUID(), pngOf(100_000)];
  const first = await upload(pathOf(productId, id), bytes, as("clerk"));
  const again = await upload(pathOf(productId, id), bytes, as("clerk"));
  expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
  const other = await upload(pathOf(productId, id), pngOf(100_000), as("clerk"));
  expect([other.status, JSON.parse(other.text).reason]).toEqual([409, "IMAGE_EXISTS"]);
  expect((await ask(pathOf(productId, id), as("ada"))).bytes.equals(bytes)).toBe(true);
});

/** Sends the first MiB of a picture, and waits until it is being written. */
async function beginUpload(productId: string, id: string) {
  const sending = openUpload(pathOf(productId, id), { ...as("clerk"), "content-length": maxBytes });
  await sending.write(pngOf(1024 * 1024));
  await vi.waitFor(async () => expect((await filesOf(productId)).drafts).toHaveLength(1), 10_000);
  return sending;
}

test("a client that leaves in the middle leaves nothing", async () => {
  const [productId, id] = [await newProduct(), randomUUID()];
  (await beginUpload(productId, id)).abort();
  await vi.waitFor(async () => expect(await filesOf(productId)).toEqual({ objects: [], drafts: [] }), 10_000);
  // Its place is free again, even for the same id.
  const again = () => upload(pathOf(productId, id), pngOf(1_000), as("clerk"));
  await vi.waitFor(async () => expect((await again()).status).toBe(200), 10_000);
  expect(await imagesOf(productId)).toHaveLength(1);
});

test("bytes that a killed service has not recorded are removed, with their place", async () => {
  const [productId, id] = [await newProduct(), randomUUID()];
  const sending = await beginUpload(productId, id);
  await using sql = await openSql(mesh.databaseUrlOf("catalog"));
  await sql.run("BEGIN");
  await sql.run("SELECT FROM product_images WHERE id = $1 FOR UPDATE", [id]);
  await sending.write(Buffer.alloc(maxBytes - 1024 * 1024));
  sending.end();
  // The bytes are complete, and their record waits for the lock.
  await vi.waitFor(async () => expect((await filesOf(productId)).objects).toHaveLength(1), 30_000);
  await mesh.apps.catalog?.kill("SIGKILL");
  await sql.run("ROLLBACK");
  expect((await sending.reply).status).toBe(503);
  expect(await sql.run("SELECT state FROM product_images WHERE id = $1", [id])).toEqual([{ state: "sending" }]);
  // The deadline of the call passes.
  await sql.run("UPDATE product_images SET expires_at = now() WHERE id = $1", [id]);
  await mesh.apps.catalog?.start();
  const rows = () => sql.run("SELECT FROM product_images WHERE id = $1", [id]);
  await vi.waitFor(async () => expect([(await filesOf(productId)).objects, await rows()]).toEqual([[], []]), 30_000);
  // The gateway and the client of these tests have found the service again.
  await vi.waitFor(async () => expect(await imagesOf(productId)).toEqual([]), 30_000);
  await vi.waitFor(async () => expect((await ask(pathOf(productId, id), as("ada"))).status).toBe(404), 30_000);
});

test("a service that is killed in the middle leaves no picture", async () => {
  const [productId, id] = [await newProduct(), randomUUID()];
  const sending = await beginUpload(productId, id);
  await mesh.apps.catalog?.kill("SIGKILL");
  const { status, text } = await sending.reply;
  expect(status, text).toBe(503);
  await mesh.apps.catalog?.start();
  await vi.waitFor(async () => expect(await imagesOf(productId)).toEqual([]), 30_000);
  expect((await ask(pathOf(productId, id), as("ada"))).status).toBe(404);
  expect((await filesOf(productId)).objects).toEqual([]);
  const other = await upload(pathOf(productId), pngOf(1_000), as("clerk"));
  expect(other.status, other.text).toBe(200);
});
