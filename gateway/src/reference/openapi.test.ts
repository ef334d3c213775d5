import { httpStatusOf } from "@mesh/contracts";
import { CatalogError } from "@mesh/contracts/catalog/v1";
import { InventoryError } from "@mesh/contracts/inventory/v1";
import openapi from "@mesh/contracts/openapi.json" with { type: "json" };
import { OrderError } from "@mesh/contracts/orders/v1";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { type Browser, openBrowser } from "../../fixtures/browser.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf } from "../../fixtures/services.ts";

interface Media {
  readonly example?: unknown;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: "path" | "query" | "header"; example?: unknown }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Media>> }>>;
}

// The test of the generator reads it as closely.
const paths = openapi.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
// The contracts of the fakes have no imports: e2e/src/import-products.test.ts follows one.
const offered = Object.entries(paths).filter(([path]) => !path.startsWith("/v1/imports"));
const operations = offered.flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ id: operation.operationId, path, method, operation })),
);

const ajv = new Ajv2020({ strict: false });
// Its types and what it is agree on this export alone.
addFormats.default(ajv);
ajv.addSchema(openapi, "openapi");

/** Returns what is wrong with a response, or a line of it, by the document's schema for its status. */
async function faults(path: string, method: string, response: Response): Promise<unknown> {
  const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
  const responses = paths[path]?.[method]?.responses ?? {};
  const status = String(response.status) in responses ? String(response.status) : "default";
  if (!responses[status]?.content[type]) return `${status} ${type} is not told of`;
  const isStream = type.endsWith("ndjson");
  const place = ["paths", path, method, "responses", status, "content", type, "schema"];
  const pointer = [...place, ...(isStream ? ["contentSchema"] : [])].map(escaped).join("/");
  const validate = ajv.compile({ $ref: `openapi#/${pointer}` });
  const text = await response.text();
  const values = isStream ? text.split("\n").filter(Boolean) : [text];
  return values
    .map((value) => (validate(JSON.parse(value)) ? undefined : { value, errors: validate.errors }))
    .find(Boolean);
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}

/** Sends the example request of an operation. */
function ask(
  browser: Browser,
  url: string,
  { path, method, operation }: (typeof operations)[number],
): Promise<Response> {
  const { parameters = [], requestBody } = operation;
  const of = (where: string) => parameters.filter((one) => one.in === where && one.example !== undefined);
  const filled = of("path").reduce((text, { name, example }) => text.replace(`{${name}}`, String(example)), path);
  const query = new URLSearchParams();
  for (const { name, example } of of("query")) for (const one of [example].flat()) query.append(name, String(one));
  const headers = new Headers(of("header").map(({ name, example }): [string, string] => [name, String(example)]));
  const body = requestBody?.content["application/json"]?.example;
  if (body !== undefined) headers.set("content-type", "application/json");
  const init = { method: method.toUpperCase(), headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  return browser.fetch(`${url}${filled}?${query}`, init);
}

describe("the OpenAPI document", () => {
  test("has examples that work, and schemas that fit the responses", async () => {
    const { url } = await startMesh();
    const browser = openBrowser(url);
    for (const shown of operations) {
      const response = await ask(browser, url, shown);
      expect(response.status, `${shown.id}: ${await response.clone().text()}`).not.toBe(400);
      expect(await faults(shown.path, shown.method, response), shown.id).toBeUndefined();
    }
  });

  test("has schemas that fit the errors", async () => {
    const { url } = await startMesh();
    const fetchAs = openBrowser(url).fetch;
    const missing = await fetchAs(`${url}/v1/products/${idOf(404)}`);
    expect(missing.status).toBe(404);
    expect(await faults("/v1/products/{id}", "get", missing)).toBeUndefined();
    const invalid = await fetchAs(`${url}/v1/products/1`);
    expect([invalid.status, await invalid.clone().text()]).toEqual([400, expect.stringContaining("string.uuid")]);
    expect(await faults("/v1/products/{id}", "get", invalid)).toBeUndefined();
    const unknown = await fetchAs(`${url}/v1/products?colour=red`);
    expect(unknown.status).toBe(400);
    expect(await faults("/v1/products", "get", unknown)).toBeUndefined();
    const headers = { "content-type": "application/json" };
    const anonymous = await fetch(`${url}/v1/orders`, { method: "POST", headers, body: "{}" });
    expect(anonymous.status).toBe(401);
    expect(await faults("/v1/orders", "post", anonymous)).toBeUndefined();
  });

  test("has the customers' cookie, and the status of each reason", async () => {
    const { url } = await startMesh();
    const response = await fetch(`${url}/v1/products`);
    expect(openapi.components).toMatchObject({
      securitySchemes: { customer: { in: "cookie", name: "mesh_customer" } },
    });
    expect(response.headers.get("set-cookie")).toMatch(/^mesh_customer=/);
    for (const { domain, reasons } of [CatalogError, InventoryError, OrderError]) {
      const statuses = reasons.map(({ code, reason }) => [`${domain}.${reason}`, httpStatusOf(code, reason)] as const);
      const schemas = statuses.map(([name, status]) => [name, { properties: { status: { const: status } } }]);
      expect(openapi.components).toMatchObject({ schemas: Object.fromEntries(schemas) });
    }
  });
});
