import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";
import { CatalogService } from "@mesh/contracts/testing/catalog/v1";
import type { AddedBy } from "@mesh/runtime";
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, productOf } from "../../fixtures/services.ts";
import { checkScopes, limitSubscriptions } from "../policies/defaults.ts";
import type { GatewayMiddleware } from "./middleware.ts";

const tenant: GatewayMiddleware<{ tenant: string }> = async (call, next) => {
  const name = call.request.headers["x-tenant"];
  if (typeof name === "string") return next({ tenant: name });
  throw new MeshError({ code: "INVALID_ARGUMENT", message: "the header x-tenant is missing" });
};

const product = { trpc: `/trpc/catalog.getProduct?input={"id":"${idOf(1)}"}`, rest: `/v1/products/${idOf(1)}` };
const noScopes = { principal: { kind: "customer", id: idOf(1) }, scopes: new Set<string>() } as const;

async function statusesOf(url: string, headers: Record<string, string> = {}): Promise<number[]> {
  return Promise.all(Object.values(product).map(async (path) => (await fetch(url + path, { headers })).status));
}

describe("a middleware", () => {
  it("surrounds calls by tRPC and by REST, after the defaults", async () => {
    const seen: unknown[] = [];
    const record: GatewayMiddleware = async ({ procedure, caller }, next) => {
      const result = await next();
      seen.push([procedure, caller.principal.kind, result]);
      return result;
    };
    const { url } = await startMesh({}, { middleware: [record] });
    expect(await statusesOf(url)).toEqual([200, 200]);
    const method = CatalogService.methods.getProduct;
    const procedure = { path: "catalog.getProduct", type: "query", scopes: ["catalog:read"], method };
    const rest = ["customer", { product: productOf(idOf(1)) }];
    // The route of REST says whether it is that of a file.
    const [byTrpc, byRest] = [procedure, { ...procedure, isFile: false }];
    expect(seen).toEqual([
      [byTrpc, ...rest],
      [byRest, ...rest],
    ]);
    const rejecting = await startMesh({}, { middleware: [record], identify: () => noScopes });
    expect(await statusesOf(rejecting.url)).toEqual([403, 403]);
    expect(seen).toHaveLength(2);
  });

  it("may reject a call, with an error that clients see", async () => {
    const { url } = await startMesh({}, { middleware: [tenant] });
    expect(await statusesOf(url)).toEqual([400, 400]);
    expect(await (await fetch(url + product.rest)).json()).toMatchObject({ detail: "the header x-tenant is missing" });
    expect(await statusesOf(url, { "x-tenant": "acme" })).toEqual([200, 200]);
  });

  it("may respond without running the rest", async () => {
    let calls = 0;
    const getProduct = async ({ id }: { id: string }) => ({ product: productOf(id), calls: ++calls });
    const cached: GatewayMiddleware = async () => ({ product: productOf(idOf(7)) });
    const { url } = await startMesh({ catalog: { getProduct } }, { middleware: [cached] });
    expect(await (await fetch(url + product.trpc)).text()).toContain(idOf(7));
    expect(await (await fetch(url + product.rest)).json()).toMatchObject({ id: idOf(7) });
    expect(calls).toBe(0);
  });

  it("gets the errors of services as they are, and may return another result", async () => {
    const reasons: unknown[] = [];
    const fallback: GatewayMiddleware = async (_call, next) => {
      return next().catch((error: unknown) => {
        reasons.push(error instanceof MeshError && error.reason);
        return { product: productOf(idOf(7)) };
      });
    };
    const { url } = await startMesh({}, { middleware: [fallback] });
    for (const path of Object.values(product)) {
      expect(await (await fetch(url + path.replace(idOf(1), idOf(404)))).text()).toContain(idOf(7));
    }
    expect(reasons).toEqual(["PRODUCT_NOT_FOUND", "PRODUCT_NOT_FOUND"]);
  });

  it("may replace the defaults, or remove some", async () => {
    const removed = await startMesh(
      {},
      { identify: () => noScopes, middleware: (defaults) => defaults.filter((one) => one !== checkScopes) },
    );
    expect(await statusesOf(removed.url)).toEqual([200, 200]);
    const watch = `/v1/stockLevels:watch?product_ids=${idOf(1)}`;
    const full = await startMesh({}, { limits: { streams: 0 } });
    expect((await fetch(full.url + watch)).status).toBe(503);
    const unlimited = await startMesh(
      {},
      { limits: { streams: 0 }, middleware: (defaults) => defaults.filter((one) => one !== limitSubscriptions) },
    );
    expect((await fetch(unlimited.url + watch)).status).toBe(200);
  });
});

describe("what a middleware adds", () => {
  it("reaches procedures written by hand, typed", async () => {
    const { url } = await startMesh(
      {},
      {
        middleware: [tenant],
        procedures: (procedureFor) => ({
          whoAmI: procedureFor([]).query(({ ctx }) => {
            expectTypeOf(ctx.tenant).toEqualTypeOf<string>();
            return ctx.tenant;
          }),
        }),
      },
    );
    const response = await fetch(`${url}/trpc/whoAmI`, { headers: { "x-tenant": "acme" } });
    expect(await response.json()).toEqual({ result: { data: "acme" } });
  });

  it("is known by its type", () => {
    const list = [checkScopes, tenant] as const;
    expectTypeOf<AddedBy<typeof list>>().toEqualTypeOf<{ tenant: string }>();
    expectTypeOf<AddedBy<readonly GatewayMiddleware[]>>().toEqualTypeOf<unknown>();
    // @ts-expect-error: it must add the tenant that its type says
    const broken: GatewayMiddleware<{ tenant: string }> = (_call, next) => next();
    expect(broken).toBeTypeOf("function");
  });
});

describe("docs/middleware.md", () => {
  it("has an example for the gateway that works", async () => {
    const page = await readFile(join(import.meta.dirname, "../../../docs/middleware.md"), "utf8");
    const [, section = ""] = page.split("## At the gateway");
    const [tenantModule = "", opening = ""] = [...section.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);
    const [, options = ""] = /log,\n(.*?)\n {2}\}\);/s.exec(opening) ?? [];
    // Beside the folders that the example imports.
    const folder = await mkdtemp(join(import.meta.dirname, "../.docs-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const code = `${tenantModule.replaceAll('"./', '"../')}\nexport const options = { ${options} };\n`;
    await writeFile(join(folder, "example.ts"), code);
    const example = await import(join(folder, "example.ts"));
    const { url } = await startMesh({}, example.options);
    expect((await fetch(`${url}/trpc/tenant.name`)).status).toBe(400);
    const response = await fetch(`${url}/trpc/tenant.name`, { headers: { "x-tenant": "acme" } });
    expect(await response.json()).toEqual({ result: { data: "acme" } });
  });
});

describe("identify", () => {
  it("may be asynchronous, and reject", async () => {
    const identify = async ({ headers }: { headers: Record<string, unknown> }) => {
      await pause(1);
      if (!headers.authorization) throw new MeshError({ code: "UNAUTHENTICATED", message: "sign in first" });
      return { ...noScopes, scopes: new Set(["catalog:read"]) };
    };
    const { url } = await startMesh({}, { identify });
    expect(await statusesOf(url)).toEqual([401, 401]);
    expect(await statusesOf(url, { authorization: "Bearer a" })).toEqual([200, 200]);
  });
});
