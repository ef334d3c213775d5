import { join } from "node:path";
import { generateFiles, writeGenerated } from "@mesh/codegen/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { violations } from "./violations.ts";

/** A Timestamp as it is sent. */
interface Sent {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** A contract whose package has one form of Timestamps. */
function contract(form: string): string {
  return `
syntax = "proto3";
package ${form}.v1;
import "buf/validate/validate.proto";
import "google/protobuf/timestamp.proto";
import "mesh/v1/options.proto";
${form === "usual" ? "" : `option (mesh.v1.package).timestamps = TIMESTAMPS_${form.toUpperCase()};`}
message Plain {
  google.protobuf.Timestamp at = 1;
  repeated google.protobuf.Timestamp list = 2;
  map<string, google.protobuf.Timestamp> by_name = 3;
  oneof choice { google.protobuf.Timestamp when = 4; }
}
message Early { google.protobuf.Timestamp at = 1 [(buf.validate.field).timestamp.lte = {seconds: 1}]; }
message Late { google.protobuf.Timestamp at = 1 [(buf.validate.field).timestamp.gt = {}]; }
message Exactly { google.protobuf.Timestamp at = 1 [(buf.validate.field).timestamp.const = {seconds: 1, nanos: 1}]; }
message Listed { repeated google.protobuf.Timestamp at = 1 [(buf.validate.field).repeated.items.timestamp.lt = {seconds: 1, nanos: 2}]; }
message Past { google.protobuf.Timestamp at = 1 [(buf.validate.field).timestamp.lt_now = true]; }
message Expressed {
  option (buf.validate.message).cel = { id: "after", message: "must be later", expression: "this.at > timestamp('1970-01-01T00:00:00.000000001Z')" };
  google.protobuf.Timestamp at = 1 [(buf.validate.field).cel = { id: "early", message: "must be early", expression: "this < timestamp('1970-01-01T00:00:01.000000001Z')" }];
}
`;
}

const forms = ["usual", "truncate", "reject", "exact"];
type Codec = { encode(message: unknown): { finish(): Uint8Array }; decode(bytes: Uint8Array): unknown };
let modules: ReadonlyMap<string, Record<string, Codec & z.ZodType>>;
let raw: Codec;
let dispose: () => Promise<void>;

beforeAll(async () => {
  const protos = Object.fromEntries(forms.map((form) => [`${form}/v1/${form}.proto`, contract(form)]));
  const generated = await writeGenerated(await generateFiles(protos));
  dispose = generated.dispose;
  const importAll = async (form: string) => {
    const path = join(generated.folder, `${form}/v1/${form}`);
    return [form, { ...(await import(`${path}.pb.ts`)), ...(await import(`${path}.zod.js`)) }] as const;
  };
  modules = new Map(await Promise.all(forms.map(importAll)));
  ({ Plain: raw } = await import(join(generated.folder, "exact/v1/exact.pb.ts")));
});
afterAll(() => dispose?.());

function part(form: string, name: string): Codec & z.ZodType {
  const found = modules.get(form)?.[name];
  if (!found) throw new Error(`${form} has no ${name}`);
  return found;
}

/** Decodes a message and checks its rules, as a server and a consumer do. */
function received(form: string, name: string, sent: object): z.ZodSafeParseResult<unknown> {
  const empty = raw.decode(new Uint8Array()) as object;
  return part(form, `${name}Schema`).safeParse(part(form, name).decode(raw.encode({ ...empty, ...sent }).finish()));
}

function isAccepted(form: string, name: string, at: Sent): boolean {
  return received(form, name, { at }).success;
}

/** Sends what a service received to the next service. */
function passedOn(form: string, sent: object): unknown {
  const { data } = received(form, "Plain", sent);
  return raw.decode(part(form, "Plain").encode(data).finish());
}

describe.each(forms)("in the form %s, rules are checked on the exact time:", (form) => {
  // Digits are an error by themselves.
  const isWhole = form === "reject";

  test("lte, gt, const, items and now", () => {
    expect(isAccepted(form, "Early", { seconds: 1n, nanos: 0 })).toBe(true);
    expect(isAccepted(form, "Early", { seconds: 1n, nanos: 1 })).toBe(false);
    expect(isAccepted(form, "Late", { seconds: 0n, nanos: 0 })).toBe(false);
    expect(isAccepted(form, "Late", { seconds: 0n, nanos: 1_000_000 })).toBe(true);
    expect(isAccepted(form, "Late", { seconds: 0n, nanos: 1_000 })).toBe(!isWhole);
    expect(isAccepted(form, "Exactly", { seconds: 1n, nanos: 1 })).toBe(!isWhole);
    expect(isAccepted(form, "Exactly", { seconds: 1n, nanos: 0 })).toBe(false);
    expect(isAccepted(form, "Listed", { seconds: 1n, nanos: 1 })).toBe(!isWhole);
    expect(isAccepted(form, "Listed", { seconds: 1n, nanos: 2 })).toBe(false);
    const now = BigInt(Math.floor(Date.now() / 1_000));
    expect(isAccepted(form, "Past", { seconds: now, nanos: 1 })).toBe(!isWhole);
    expect(isAccepted(form, "Past", { seconds: now + 3_600n, nanos: 0 })).toBe(false);
  });

  test("expressions", () => {
    expect(isAccepted(form, "Expressed", { seconds: 0n, nanos: 1_000_000 })).toBe(true);
    expect(isAccepted(form, "Expressed", { seconds: 0n, nanos: 1 })).toBe(false);
    expect(isAccepted(form, "Expressed", { seconds: 1n, nanos: 0 })).toBe(true);
    expect(isAccepted(form, "Expressed", { seconds: 1n, nanos: 1 })).toBe(false);
  });

  test.each([
    { seconds: 1n, nanos: -1 },
    { seconds: 1n, nanos: -1_000_000 },
    { seconds: 1n, nanos: 1_000_000_000 },
    { seconds: -62_135_596_801n, nanos: 0 },
    { seconds: 253_402_300_800n, nanos: 0 },
    { seconds: 2n ** 62n, nanos: 0 },
  ])("no %o, which is no Timestamp", (at) => {
    const { error } = received(form, "Plain", { at });
    expect(error && violations(error).map(({ field }) => field.replace(/^at\..*/, "at"))).toEqual(["at"]);
  });
});

const fine = { seconds: -1n, nanos: 123_456_789 };
const everywhere = { at: fine, list: [fine], byName: { a: fine }, choice: { $case: "when", value: fine } };

describe("digits below a millisecond", () => {
  test.each(["usual", "truncate"])("are cut in the form %s", (form) => {
    const cut = { ...fine, nanos: 123_000_000 };
    const { data } = received(form, "Plain", everywhere);
    const date = new Date(-877);
    expect(data).toEqual({ at: date, list: [date], byName: { a: date }, choice: { $case: "when", value: date } });
    expect(passedOn(form, everywhere)).toEqual({
      at: cut,
      list: [cut],
      byName: { a: cut },
      choice: { $case: "when", value: cut },
    });
    // The output has forgotten them: it may be part of a message with other rules.
    expect(part(form, "EarlySchema").safeParse({ at: receivedDate(form, { seconds: 1n, nanos: 1 }) }).success).toBe(
      true,
    );
  });

  test("are an error in the form reject, which names the field and the option", () => {
    const { error } = received("reject", "Plain", everywhere);
    const found = violations(error as z.ZodError);
    expect(found.map(({ field }) => field)).toEqual(["at", "list[0]", 'by_name["a"]', "when"]);
    expect(found[0]?.description).toContain("(mesh.v1.package).timestamps");
  });

  test("are kept in the form exact", () => {
    expect(received("exact", "Plain", everywhere).data).toEqual(everywhere);
    expect(passedOn("exact", everywhere)).toEqual(everywhere);
  });
});

function receivedDate(form: string, at: Sent): unknown {
  return (received(form, "Plain", { at }).data as { at: unknown }).at;
}

test("a Date in an input passes as it is", () => {
  for (const form of ["usual", "truncate", "reject"]) {
    expect(part(form, "EarlySchema").safeParse({ at: new Date(1_000) }).success).toBe(true);
    expect(part(form, "EarlySchema").safeParse({ at: new Date(1_001) }).success).toBe(false);
  }
});
