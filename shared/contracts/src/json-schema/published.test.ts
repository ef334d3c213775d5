import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import schemas from "@mesh/contracts/testing/json-schema/orders.v1.json" with { type: "json" };
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, onTestFinished, test } from "vitest";

const order = {
  idempotencyKey: "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70",
  items: [{ productId: "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70", quantity: 2 }],
  paymentToken: "tok_ok",
  email: "ada@example.com",
  name: "Ada",
  address: "1 Analytical Way",
};

test("a published schema checks a message, formats included", () => {
  const ajv = new Ajv2020({ strictTypes: false });
  // The module is a function by its types and by what it is; only its default export is both for every bundler.
  addFormats.default(ajv);
  ajv.addSchema(schemas);
  const name: keyof typeof schemas.$defs = "orders.v1.PlaceOrderRequest";
  const accepts = ajv.compile({ $ref: `${schemas.$id}#/$defs/${name}` });
  expect(accepts(order)).toBe(true);
  expect(accepts({ ...order, items: [] })).toBe(false);
  expect(accepts({ ...order, email: "nobody" })).toBe(false);
  expect(accepts({ ...order, idempotency_key: order.idempotencyKey })).toBe(false);
});

test("the snippet of docs/contracts.md checks an order", async () => {
  const page = await readFile(join(import.meta.dirname, "../../../../docs/contracts.md"), "utf8");
  const code = /^```ts\n(import schemas from .*?)^```/ms.exec(page)?.[1] ?? "";
  // Inside of the package, so that it finds what it imports.
  const parent = join(import.meta.dirname, "../../dist");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "snippet-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // The contracts of the tests are there, whatever those of the project are.
  await writeFile(join(folder, "snippet.ts"), code.replace("@mesh/contracts/", "@mesh/contracts/testing/"));
  const { isOrder } = await import(join(folder, "snippet.ts"));
  expect([isOrder({}), isOrder({ id: 1 })]).toEqual([false, false]);
  expect(isOrder.errors?.map(({ schemaPath }: { schemaPath: string }) => schemaPath)).not.toEqual([]);
});
