import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stdout } from "node:process";
import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { connect, createIdentity, createTokens, type Tokens } from "@mesh/rpc";
import { createLifecycle } from "@mesh/runtime";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { silent } from "../fixtures/mesh.ts";
import { type User, users } from "../fixtures/users.ts";
import { openFeed, walkedFeeds } from "../fixtures/walk/feeds.ts";
import { type FieldValues, requestOf } from "../fixtures/walk/requests.ts";
import {
  type CallSurface,
  grpcSurface,
  type Outcome,
  restSurface,
  trpcSurface,
  type WalkedProcedure,
} from "../fixtures/walk/surfaces.ts";
import { callerOf, identify } from "../fixtures/walk/users.ts";
import { openGateway } from "./gateway.ts";
import { services } from "./router.ts";
import { gatewaySettings } from "./settings.ts";

/** Every procedure that the contracts of the offered services expose. */
const procedures: readonly WalkedProcedure[] = Object.entries(services).flatMap(([name, service]) =>
  Object.entries(service.methods)
    .filter(([, method]) => method.gateway)
    .map(([key, method]) => ({ path: `${name}.${key}`, service, key, method })),
);
const life = createLifecycle({ log: silent });
const surfaces = new Map<string, CallSurface>();
let mesh: RunningMesh;
let productId: string;
let orderOfAda: string;
let importId: string;
let gatewayUrl: string;

beforeAll(async () => {
  mesh = await startMesh();
  const tlsDir = join(dirname(mesh.developerDir), "gateway");
  const peers = Object.keys(services).map((name) => `${name}=${mesh.addressOf(name)}`);
  const addresses = { MESH_PEERS: peers.join(","), NATS_URL: mesh.nats.url };
  const settings = gatewaySettings({ PORT: "0", MESH_TLS_DIR: tlsDir, ...addresses });
  const { port, health } = await openGateway(settings, { life, log: silent, identify, limits: { rates: false } });
  await vi.waitFor(() => expect(health.ready()).toBe(true), 60_000);
  gatewayUrl = `http://127.0.0.1:${port}`;
  surfaces.set("tRPC", trpcSurface(gatewayUrl));
  surfaces.set("REST", restSurface(gatewayUrl));
  surfaces.set("gRPC", grpcSurface(mesh.addressOf, mesh.credentials, await tokensIn(tlsDir)));
  productId = await putOnSale();
  orderOfAda = await placeAs("ada");
  importId = JSON.parse((await call("gRPC", procedureAt("catalog.startImport"), "clerk")).text).id;
  const payment = procedureAt("payments.getPayment");
  await vi.waitFor(async () => expect(await call("gRPC", payment, "clerk")).toMatchObject({ code: "OK" }), 60_000);
});
afterAll(async () => {
  await life.close();
  await mesh?.close();
});

async function tokensIn(folder: string): Promise<Tokens> {
  const read = (name: string) => readFile(join(folder, name), "utf8");
  const [cert, key, ca] = await Promise.all([read("tls.crt"), read("tls.key"), read("ca.crt")]);
  return createTokens(createIdentity({ cert, key, ca }));
}

async function putOnSale(): Promise<string> {
  const { credentials } = mesh;
  const catalog = connect(CatalogService, { address: mesh.addressOf("catalog"), credentials });
  const inventory = connect(InventoryService, { address: mesh.addressOf("inventory"), credentials });
  const price = { minorUnits: 1_000n, currency: "EUR" };
  const created = await catalog.client.createProduct({ name: "Lamp", category: Category.CATEGORY_HOME, price });
  const id = created.product?.id ?? "";
  await inventory.client.setStock({ counts: [{ productId: id, available: 1_000n }] });
  await Promise.all([catalog.close(), inventory.close()]);
  return id;
}

async function placeAs(user: User, values: FieldValues = {}): Promise<string> {
  const { text } = await call("gRPC", procedureAt("orders.placeOrder"), user, values);
  return JSON.parse(text).order.id;
}

function procedureAt(path: string): WalkedProcedure {
  const found = procedures.find((procedure) => procedure.path === path);
  if (!found) throw new Error(`there is no ${path}`);
  return found;
}

/** Calls a procedure about the order of Ada, and the product. */
function call(surface: string, procedure: WalkedProcedure, user: User, given: FieldValues = {}): Promise<Outcome> {
  const order = { idempotencyKey: randomUUID(), paymentToken: "tok_ok", email: "ada@example.com", name: "Ada" };
  const values: FieldValues = {
    ...order,
    ...{
      address: "12 St James's Square",
      quantity: 1,
      available: 500n,
      category: Category.CATEGORY_HOME,
      pageToken: "",
      query: "",
    },
    ...{ "orders.id": orderOfAda, orderId: orderOfAda, "catalog.id": productId },
    ...{ contentType: "image/png", minorUnits: 1_000n, currency: "EUR" },
    ...(procedure.path === "catalog.watchImport" && { "catalog.id": importId }),
    ...{ productId, productIds: productId, ids: productId },
    ...given,
  };
  const send = surfaces.get(surface);
  if (!send) throw new Error(`there is no surface ${surface}`);
  return send(procedure, user, requestOf(procedure.method, values));
}

/** Returns why a user may not do something, by the contract alone; undefined: it may. */
function denial({ method }: WalkedProcedure, user: User): string | undefined {
  const { scopes } = callerOf(user);
  if (method.gateway?.scopes.some((scope) => !scopes.has(scope))) return "PERMISSION_DENIED";
  const { owner } = method;
  if (!owner || user === "ada" || (owner.unless !== undefined && scopes.has(owner.unless))) return undefined;
  return owner.response ? "NOT_FOUND" : "PERMISSION_DENIED";
}

/** Files are no procedures of tRPC. */
function isFile({ method: { gateway } }: WalkedProcedure): boolean {
  return gateway?.upload !== undefined || gateway?.download !== undefined;
}

/** Returns how a call may end that the contract allows. A mutation may find that the order has another status, or another customer. */
function allowedCodes({ method }: WalkedProcedure): readonly string[] {
  if (method.idempotency === "no_side_effects") return ["OK"];
  return ["OK", "NOT_FOUND", "FAILED_PRECONDITION", "PRECONDITION_FAILED"];
}

/** Returns whether a user may see the objects of Ada. */
function seesAll(user: User): boolean {
  const scopes = new Set(procedures.flatMap(({ method }) => method.owner?.unless ?? []));
  return user === "ada" || [...scopes].some((scope) => callerOf(user).scopes.has(scope));
}

test.each(["tRPC", "REST", "gRPC"])(
  "by %s, each user may call what its roles allow, and sees no object of others",
  async (surface) => {
    let calls = 0;
    // The walk reads it, and removes it at the end. Its id is free again when its bytes are removed, too.
    const uploaded = () => call("gRPC", procedureAt("catalog.uploadProductImage"), "clerk");
    await expect.poll(uploaded).toMatchObject({ code: "OK" });
    for (const procedure of procedures.filter((one) => surface !== "tRPC" || !isFile(one))) {
      for (const user of Object.keys(users) as User[]) {
        const { code, text } = await call(surface, procedure, user);
        const where = `${procedure.path} as ${user} by ${surface}: ${text}`;
        const denied = denial(procedure, user);
        if (denied) expect(code, where).toBe(denied);
        else expect(allowedCodes(procedure), where).toContain(code);
        if (!seesAll(user)) expect(text, where).not.toContain(users.ada.id);
        // A response may name the order that was asked for only if there is none for the caller.
        if (!seesAll(user) && code === "OK") expect(text, where).not.toContain(orderOfAda);
        calls += 1;
      }
    }
    stdout.write(`${procedures.length} procedures, ${Object.keys(users).length} users, ${calls} calls by ${surface}\n`);
  },
);

test("an order of another customer is as one that does not exist, by each surface", async () => {
  for (const surface of surfaces.keys()) {
    for (const path of ["orders.getOrder", "orders.watchOrder", "orders.cancelOrder"]) {
      const others = await call(surface, procedureAt(path), "bob");
      const own = orderOfAda;
      orderOfAda = randomUUID();
      const missing = await call(surface, procedureAt(path), "bob");
      const same = (text: string) => text.replaceAll(own, "ID").replaceAll(orderOfAda, "ID");
      expect({ ...missing, text: same(missing.text) }).toEqual({ ...others, text: same(others.text) });
      orderOfAda = own;
    }
  }
});

test.each(["tRPC", "REST"] as const)(
  "by %s, each user may open the feeds that its roles allow, and gets the events of its own orders only",
  async (surface) => {
    const everyone = Object.keys(users) as User[];
    const opened = await Promise.all(
      walkedFeeds().flatMap(({ path, urls, feed }) =>
        everyone.map(async (user) => ({ path, feed, user, text: await openFeed(gatewayUrl + urls[surface], user) })),
      ),
    );
    const mayOpen = ({ feed, user }: (typeof opened)[number]) =>
      feed.scopes.every((scope) => callerOf(user).scopes.has(scope));
    for (const one of opened) {
      const first = mayOpen(one) ? /"type":"started"/ : /"code":"(FORBIDDEN|PERMISSION_DENIED)"/;
      await expect.poll(one.text, { timeout: 60_000, message: `${one.path} as ${one.user}` }).toMatch(first);
    }
    // One is paid, and the other is cancelled.
    const orders = async (user: User) => [
      await placeAs(user),
      await placeAs(user, { paymentToken: "tok_declined", idempotencyKey: randomUUID() }),
    ];
    // The events of Bob come last, so those of Ada were before them.
    const [ofAda, ofBob] = [await orders("ada"), await orders("bob")];
    const has = (text: string, ids: readonly string[]) => ids.some((id) => text.includes(id));
    const hasAll = { timeout: 60_000, message: "each feed brings an event of an order that is paid or cancelled" };
    for (const { user, text } of opened) {
      if (user === "ada") await expect.poll(() => has(text(), ofAda), hasAll).toBe(true);
      if (user === "bob") await expect.poll(() => has(text(), ofBob), hasAll).toBe(true);
    }
    for (const one of opened) {
      const { path, feed, user, text } = one;
      const seesAny = mayOpen(one) && (!feed.owner || callerOf(user).scopes.has(feed.owner.unless ?? ""));
      const where = `${path} as ${user}`;
      if (!seesAny && user !== "ada") expect(has(text(), [...ofAda, users.ada.id]), where).toBe(false);
      if (!seesAny && user !== "bob") expect(has(text(), [...ofBob, users.bob.id]), where).toBe(false);
    }
  },
);
