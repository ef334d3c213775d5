import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { zodResolver } from "@hookform/resolvers/zod";
import { type Money, type MoneyInput, MoneySchema } from "@mesh/contracts/testing/mesh/v1";
import {
  ListOrdersRequestSchema,
  type Order,
  OrderSchema,
  OrderStatus,
  type OrderStep_Placed,
  OrderStepSchema,
  type PlaceOrderRequest,
  PlaceOrderRequestSchema,
} from "@mesh/contracts/testing/orders/v1";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { array } from "./array.ts";
import { fastOf } from "./fast.ts";
import { message } from "./message.ts";
import { int32 } from "./numbers.ts";
import { onlyOne } from "./rules/members.ts";
import { minItems } from "./rules/repeated.ts";
import { minLen } from "./rules/string.ts";
import { bytes, guid, int64, string } from "./scalars.ts";
import { lax } from "./type.ts";

const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
const order = {
  idempotencyKey: id,
  items: [{ productId: id, quantity: 1 }],
  paymentToken: "tok_ok",
  email: "ada@example.com",
  name: "Ada",
  address: "Street 1",
};

/** A message with a rule of its own: exactly one of two fields. */
const contact = message(
  () => ({ email: string().default(""), phone: string().default("") }),
  onlyOne(
    [
      { key: "email", name: "email", implicit: true },
      { key: "phone", name: "phone", implicit: true },
    ],
    true,
  ),
);

describe("the schema of a message", () => {
  test("is a ZodObject, and its fields are zod's own types or extend them", () => {
    expect(OrderSchema).toBeInstanceOf(z.ZodObject);
    const { shape } = OrderSchema;
    expect(shape.id).toBeInstanceOf(z.ZodGUID);
    expect(shape.lines).toBeInstanceOf(z.ZodArray);
    expect(shape.total).toBe(MoneySchema);
    expect(shape.placedAt).toBeInstanceOf(z.ZodDate);
    expect(shape.cancelReason).toBeInstanceOf(z.ZodDefault);
    expect(MoneySchema.shape.minorUnits.unwrap()).toBeInstanceOf(z.ZodBigInt);
    expect(OrderStepSchema.shape.event).toBeInstanceOf(z.ZodDiscriminatedUnion);
    expect(Object.keys(PlaceOrderRequestSchema.shape)).toEqual(Object.keys(order));
    expect(PlaceOrderRequestSchema.keyof().options).toEqual(Object.keys(order));
  });

  test("makes its shape when it is first used", () => {
    let made = 0;
    const type = message(() => ({ id: string().default(`${++made}`) }));
    const described = type.describe("described");
    expect(made).toBe(0);
    expect([type.parse({}), described.parse({}), type.pick({ id: true }).parse({})]).toEqual(
      Array.from({ length: 3 }, () => ({ id: "1" })),
    );
  });

  test("keeps its rules and its fast way when it is described, refined or made optional", () => {
    const described = contact.describe("How to reach someone").meta({ title: "Contact" });
    expect(z.toJSONSchema(described)).toMatchObject({ title: "Contact", description: "How to reach someone" });
    expect(fastOf(described)?.({ email: "a" })).toEqual({ email: "a", phone: "" });
    const refined = contact.refine(({ email }) => email !== "b");
    for (const type of [described, refined, contact.optional(), contact.strip()]) {
      expect(type.safeParse({ email: "a" }).success).toBe(true);
      expect(type.safeParse({}).error?.issues).toMatchObject([{ params: { rule: "message.oneof" } }]);
    }
    expect(refined.safeParse({ email: "b" }).success).toBe(false);
  });
});

describe("what zod derives from a message", () => {
  test("is a ZodObject of the fields chosen, with their rules", () => {
    const buyer = PlaceOrderRequestSchema.pick({ name: true, email: true });
    expectTypeOf<z.infer<typeof buyer>>().toEqualTypeOf<{ name: string; email: string }>();
    expect(buyer.parse({ ...order, more: 1 })).toEqual({ email: order.email, name: order.name });
    expect(issuesOf(buyer, { name: "", email: "a" })).toEqual([
      ["name", "must not be empty"],
      ["email", "must be an email address"],
    ]);
    const rest = PlaceOrderRequestSchema.omit({ name: true, email: true });
    expectTypeOf<keyof z.infer<typeof rest>>().toEqualTypeOf<"idempotencyKey" | "items" | "paymentToken" | "address">();
    expect(issuesOf(rest, { ...order, items: [{ productId: id, quantity: 0 }] })).toEqual([
      ["items.0.quantity", "must be at least 1 and at most 1000"],
    ]);
  });

  test("adds fields, and takes them from other schemas", () => {
    const form = PlaceOrderRequestSchema.extend({ accepted: z.literal(true) });
    expectTypeOf<z.infer<typeof form>["accepted"]>().toEqualTypeOf<true>();
    expect(form.parse({ ...order, accepted: true })).toEqual({ ...order, accepted: true });
    expect(issuesOf(form, { ...order, accepted: false, name: "" }).map(([path]) => path)).toEqual(["name", "accepted"]);
    const both = z.object({ page: z.int(), ...ListOrdersRequestSchema.shape });
    expectTypeOf<z.input<typeof both>>().toEqualTypeOf<{
      page: number;
      pageSize?: number | undefined;
      pageToken?: string | undefined;
    }>();
    expect(both.parse({ page: 1 })).toEqual({ page: 1, pageSize: 0, pageToken: "" });
  });

  test("can be partial and strict, and others can be derived from it", () => {
    const change = PlaceOrderRequestSchema.partial().omit({ idempotencyKey: true });
    expectTypeOf<z.infer<typeof change>["items"]>().toEqualTypeOf<PlaceOrderRequest["items"] | undefined>();
    expect(change.parse({ name: "Bo" })).toEqual({ name: "Bo" });
    expect(issuesOf(change, { name: "" })).toEqual([["name", "must not be empty"]]);
    expect(PlaceOrderRequestSchema.strict().safeParse({ ...order, more: 1 }).success).toBe(false);
    expect(PlaceOrderRequestSchema.loose().parse({ ...order, more: 1 })).toEqual({ ...order, more: 1 });
    expect(change.required({ name: true }).safeParse({}).success).toBe(false);
  });

  test("has the rules of the fields but not those of the message", () => {
    const wrong = { email: "a", phone: "b" };
    expect(contact.safeParse(wrong).success).toBe(false);
    const derived = [contact.partial(), contact.pick({ email: true, phone: true }), contact.omit({}), contact.strict()];
    for (const type of derived) expect(type.parse(wrong)).toEqual(wrong);
    expect(contact.extend({ name: string() }).parse({ ...wrong, name: "c" })).toEqual({ ...wrong, name: "c" });
  });

  test("accepts oneofs, enums, 64-bit integers, dates and nested messages like the message", () => {
    const step = OrderStepSchema.pick({ event: true, at: true });
    expectTypeOf<z.infer<typeof step>["at"]>().toEqualTypeOf<Date>();
    const event = { $case: "placed", value: { total: { minorUnits: 1n, currency: "EUR" } } } as const;
    expect(step.parse({ at: new Date(0), event })).toEqual({ at: new Date(0), event });
    expect(issuesOf(step, { at: new Date(0), event: { $case: "placed", value: {} } })).toEqual([
      ["event.value.total", "is required"],
    ]);
    expect(OrderSchema.pick({ status: true }).parse({ status: OrderStatus.ORDER_STATUS_PENDING })).toEqual({
      status: 1,
    });
  });
});

describe("types", () => {
  test("of the shape are those of the message", () => {
    type Shape = (typeof OrderSchema)["shape"];
    expectTypeOf<z.output<z.ZodObject<Shape>>>().toEqualTypeOf<Order>();
    expectTypeOf<z.output<Shape["total"]>>().toEqualTypeOf<Money>();
    expectTypeOf<z.input<Shape["total"]>>().toEqualTypeOf<MoneyInput>();
    expectTypeOf<z.output<z.ZodObject<(typeof MoneySchema)["shape"]>>>().toEqualTypeOf<Money>();
    expectTypeOf<z.input<z.ZodObject<(typeof MoneySchema)["shape"]>>>().toEqualTypeOf<MoneyInput>();
    type Event = z.output<(typeof OrderStepSchema)["shape"]["event"]>;
    expectTypeOf<Extract<Event, { $case: "placed" }>["value"]>().toEqualTypeOf<OrderStep_Placed>();
  });

  test("a schema can be passed to code that takes a ZodObject or a ZodType", () => {
    const keys = (type: z.ZodObject) => Object.keys(type.shape);
    expect(keys(MoneySchema)).toEqual(["minorUnits", "currency"]);
    const parse = <T>(type: z.ZodType<T>, value: unknown): T => type.parse(value);
    expectTypeOf(parse(MoneySchema, { minorUnits: 1n, currency: "EUR" })).toEqualTypeOf<Money>();
  });
});

describe("JSON Schema", () => {
  test("can be made from every generated message, as input and as output", async () => {
    const schemas = await generatedSchemas();
    expect(schemas.length).toBeGreaterThan(50);
    const ajv = addFormats.default(new Ajv2020({ strictTypes: false, formats: { int64: true, uint64: true } }));
    for (const [, schema] of schemas) {
      for (const io of ["input", "output"] as const) ajv.compile(z.toJSONSchema(schema, { io }));
    }
  });

  test("describes the value in TypeScript: keys, defaults, rules, oneofs", () => {
    expect(z.toJSONSchema(PlaceOrderRequestSchema)).toMatchObject({
      type: "object",
      required: Object.keys(order),
      properties: {
        idempotencyKey: { type: "string", format: "uuid" },
        items: { type: "array", minItems: 1, maxItems: 50, items: { properties: { quantity: { minimum: 1 } } } },
        email: { type: "string", format: "email", maxLength: 254 },
        name: { minLength: 1, maxLength: 120 },
        paymentToken: { pattern: "^tok_[a-z0-9_]{2,60}$" },
      },
    });
    expect(z.toJSONSchema(ListOrdersRequestSchema, { io: "input" })).not.toHaveProperty("required");
    expect(z.toJSONSchema(OrderSchema).properties).toMatchObject({
      placedAt: { type: "string", format: "date-time" },
      status: { type: "integer", enum: [0, 1, 2, 3], not: { enum: [0] } },
      cancelReason: { default: 0 },
    });
    expect(z.toJSONSchema(MoneySchema).properties?.minorUnits).toMatchObject({ type: "integer", default: 0 });
    const { event } = z.toJSONSchema(OrderStepSchema).properties as { event: z.core.JSONSchema.BaseSchema };
    expect(event.oneOf?.[0]).toMatchObject({
      properties: { $case: { const: "placed" } },
      required: ["$case", "value"],
    });
  });

  test("describes a bigint and bytes as JSON types, also in derived schemas", () => {
    const type = message(() => ({ big: int64().default(0n), raw: bytes().default(new Uint8Array(0)), small: int32() }));
    const properties = {
      big: { type: "integer", format: "int64", default: 0 },
      raw: { type: "string", contentEncoding: "base64", default: "" },
      small: { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
    };
    expect(z.toJSONSchema(type)).toMatchObject({ properties });
    expect(z.toJSONSchema(type.extend({ more: z.string() }))).toMatchObject({ properties });
  });

  test("of a message whose rules are ignored accepts what the message accepts", () => {
    const part = message(() => ({ text: string().check(minLen(1)), ids: array(guid(), minItems(1)) }));
    const type = message(() => ({ ignored: lax(part).optional(), checked: part.optional() }));
    const isAccepted = addFormats.default(new Ajv2020()).compile(z.toJSONSchema(type, { io: "input" }));
    for (const [value, accepted] of [
      [{ ignored: { text: "", ids: [""] } }, true],
      [{ ignored: {} }, true],
      [{ ignored: 1 }, false],
      [{ checked: { text: "", ids: [""] } }, false],
    ] as const) {
      expect([value, type.safeParse(value).success, isAccepted(value)]).toEqual([value, accepted, accepted]);
    }
  });

  test("of a recursive message refers to itself", () => {
    const tree: z.ZodObject = message(() => ({ next: tree.optional() }));
    expect(z.toJSONSchema(tree)).toMatchObject({ properties: { next: { $ref: "#" } } });
  });
});

test("a form resolver checks a form with a schema, and with one derived from it", async () => {
  const options = { fields: {}, shouldUseNativeValidation: false };
  const whole = zodResolver(PlaceOrderRequestSchema);
  expect(await whole(order, undefined, options)).toEqual({ values: order, errors: {} });
  const { errors } = await whole({ ...order, email: "a" }, undefined, options);
  expect(errors.email?.message).toBe("must be an email address");
  const part = zodResolver(PlaceOrderRequestSchema.pick({ name: true }));
  expect((await part({ name: "" }, undefined, options)).errors.name?.message).toBe("must not be empty");
});

function issuesOf(type: z.ZodType, value: unknown): [path: string, message: string][] {
  return type.safeParse(value).error?.issues.map(({ path, message }) => [path.join("."), message]) ?? [];
}

/** Every schema that is generated from the contracts, by its name. */
async function generatedSchemas(): Promise<[string, z.ZodType][]> {
  const folder = join(import.meta.dirname, "../../gen");
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".zod.js"));
  const modules: Record<string, z.ZodType>[] = await Promise.all(files.map((file) => import(join(folder, file))));
  return modules.flatMap((module) => Object.entries(module));
}
