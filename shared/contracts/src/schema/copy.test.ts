import { deepStrictEqual } from "node:assert";
import { join } from "node:path";
import { createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { formMessages, formsProto, generateFiles, messageArbitrary, writeGenerated } from "@mesh/codegen/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import type { MessageType } from "../message.ts";
import type { ServiceDefinition } from "../service.ts";
import { copier } from "./copy.ts";
import { message } from "./message.ts";
import { double, int32 } from "./numbers.ts";
import { string } from "./scalars.ts";

type Forms = Record<string, unknown>;

let type: MessageType<Forms>;
let descriptorSet: string;
let dispose: () => Promise<void>;

beforeAll(async () => {
  const generated = await writeGenerated(await generateFiles({ "forms/v1/forms.proto": formsProto }));
  dispose = generated.dispose;
  const { FormService }: { FormService: ServiceDefinition } = await import(join(generated.folder, "forms/v1/index.js"));
  type = FormService.methods.echo?.input as typeof type;
  ({ descriptorSet } = await import(join(generated.folder, "descriptors.js")));
});
afterAll(() => dispose?.());

/** Expects that a copy is what the bytes of a message would become, and that it shares nothing with the message. */
function expectCopy(message: Forms): void {
  const copy = copier(type.schema)(message);
  // Not toStrictEqual, which takes the field `constructor` for the class of an object.
  deepStrictEqual(copy, type.decode(type.encode(message)));
  const parts = new Set(partsOf(message));
  expect(partsOf(copy).filter((part) => parts.has(part))).toEqual([]);
}

/** All objects in a value. */
function partsOf(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  const items = value instanceof Map ? [...value.values()] : value instanceof Uint8Array ? [] : Object.values(value);
  return [value, ...items.flatMap(partsOf)];
}

test("a copy is what another process would get, of every form", () => {
  for (const message of formMessages) expectCopy({ ...message });
});

const seed = Date.now() % 2 ** 31;

test(`a copy is what another process would get, of random messages (seed ${seed})`, () => {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet)));
  const desc = registry.getMessage("forms.v1.Forms");
  if (!desc) throw new Error("there is no forms.v1.Forms");
  for (const made of fc.sample(messageArbitrary(desc), { numRuns: 30, seed })) {
    expectCopy(type.decode(toBinary(desc, made)));
  }
});

const schema = message(() => ({ id: string(), count: int32(), ratio: double(), part: message(() => ({})).optional() }));
const whole = { id: "a", count: 1, ratio: 1 };

test("a copy has the fields of the contract only, and no -0 as an integer", () => {
  const copied = copier(schema)({ ...whole, count: -0, ratio: -0, more: 1 });
  expect(copied).toStrictEqual({ id: "a", count: 0, ratio: -0, part: undefined });
});

test.each([
  [{ ...whole, id: 1 }, "must be a string"],
  [{ ...whole, id: "\ud800" }, "must not have half of a surrogate pair"],
  [{ ...whole, count: 0.5 }, "must be a whole number from -2147483648 to 2147483647"],
  [{ ...whole, part: 1 }, "must be an object"],
  [{ id: "a", count: 1 }, "must be a number"],
  ["a", "must be an object"],
])("%j can't be copied", (value, text) => {
  expect(() => copier(schema)(value)).toThrow(new TypeError(text));
});

test("a field with the name of what every object has is absent if it is left out", () => {
  const named = message(() => ({ constructor: string().optional(), toString: string().optional() }));
  const copied = copier(named)({ toString: "a" }) as object;
  expect(Object.entries(copied)).toEqual([
    ["constructor", undefined],
    ["toString", "a"],
  ]);
});

test("a message that contains itself can't be copied", () => {
  const tree: z.ZodType = message(() => ({ child: tree.optional() }));
  const loop: { child?: object } = {};
  loop.child = loop;
  expect(() => copier(tree)(loop)).toThrow("must not be deeper than 100 messages in each other");
  expect(copier(tree)({ child: {} })).toStrictEqual({ child: { child: undefined } });
});
