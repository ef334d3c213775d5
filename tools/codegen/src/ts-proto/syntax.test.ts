import { join } from "node:path";
import {
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  fromJson,
  type JsonValue,
  toBinary,
} from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { compile } from "../../testing/compile.ts";
import { generateFiles, writeGenerated } from "../../testing/generated.ts";
import { syntaxCorpus } from "../../testing/syntax-corpus.ts";

interface Codec {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Record<string, unknown>;
}

let registry: FileRegistry;
let old: Record<string, Codec>;
let schemas: Record<string, z.ZodType>;
let sources: ReadonlyMap<string, string>;
let dispose: () => Promise<void>;

beforeAll(async () => {
  registry = createFileRegistry(await compile(syntaxCorpus));
  const files = await generateFiles(syntaxCorpus);
  sources = new Map(files.map(({ name, content }) => [name, content]));
  const generated = await writeGenerated(files);
  dispose = generated.dispose;
  old = await import(join(generated.folder, "old/v1/old.pb.ts"));
  schemas = await import(join(generated.folder, "old/v1/old.zod.js"));
});
afterAll(() => dispose());

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("it was not generated");
  return value;
}

/** The bytes of a message, by protobuf-es. */
function bytesOf(name: string, json: JsonValue): Uint8Array {
  const desc: DescMessage = known(registry.getMessage(`old.v1.${name}`));
  return toBinary(desc, fromJson(desc, json, { registry }));
}

function decoded(name: string, json: JsonValue): Record<string, unknown> {
  return known(old[name]).decode(bytesOf(name, json));
}

describe("presence", () => {
  test("an absent field is undefined, even with a default, and a field that is set to zero is zero", () => {
    expect(decoded("Defaults", {})).toEqual({});
    expect(decoded("Defaults", { int32Field: 0, stringField: "", zero: 0 })).toEqual({
      int32Field: 0,
      stringField: "",
      zero: 0,
    });
  });

  test("a field that is set to its default is sent", () => {
    expect([...known(old.Defaults).encode({ zero: 0, boolField: true }).finish()]).toHaveLength(5);
  });

  test("the default of a field is in its documentation", () => {
    for (const file of ["old/v1/old.pb.ts", "old/v1/old.zod.d.ts"]) {
      const [, fields = ""] = /interface Defaults(?:Input)? \{\n(.*?)\n\}/s.exec(known(sources.get(file))) ?? [];
      const documented = fields.split(/;\n/).map((field) => field.replace(/\s+/g, " ").trim());
      expect(documented).toContainEqual(expect.stringMatching(/@default -9007199254740993n \*\/ int64Field\?:/));
      expect(documented).toContainEqual(expect.stringMatching(/@default Color\.COLOR_BLUE \*\/ colorField\?:/));
      expect(documented).toContainEqual(expect.stringMatching(/Not a number\. \* \* @default NaN \*\/ nothing\?:/));
      expect(documented).toContainEqual(
        expect.stringMatching(/@default "a \\"quoted\\" \*\\?\s?\/ \$\{text\}\\n\\u0001" \*\/ stringField\?:/),
      );
    }
  });

  test("a required field that was not sent is missing, and its rule rejects the message", () => {
    expect(decoded("Groups", { single: {} })).toMatchObject({ single: {} });
    const { error } = known(schemas.RequiredsSchema).safeParse(known(old.Requireds).decode(new Uint8Array()));
    const rules = known(error?.issues).map((issue) => (issue as { params?: { rule?: string } }).params?.rule);
    expect(new Set(rules)).toEqual(new Set(["legacy_required"]));
  });
});

describe("groups", () => {
  const group = [(1 << 3) | 3, 8, 7, (1 << 3) | 4];

  test("end at their own end tag", () => {
    expect(known(old.Groups).decode(new Uint8Array(group))).toMatchObject({ single: { number: 7 } });
  });

  test.each([
    ["without an end", group.slice(0, -1)],
    ["with another's end", [...group.slice(0, -1), (2 << 3) | 4]],
    ["that end but did not begin", [(1 << 3) | 4]],
    ["without an end among unknown fields", [(9 << 3) | 3, 8, 7]],
    ["with another's end among unknown fields", [(9 << 3) | 3, (8 << 3) | 4]],
  ])("%s are refused", (_, bytes) => {
    expect(() => known(old.Groups).decode(new Uint8Array(bytes))).toThrow();
  });
});

describe("a closed enum", () => {
  test("keeps an unknown number that is decoded and encoded", () => {
    // The tag of field 16.
    expect(known(old.Lists).decode(new Uint8Array([0x80, 1, 77]))).toMatchObject({ colorField: [77] });
    const codec = known(old.Groups_Single_Deep_Deeper);
    const bytes = new Uint8Array([2 << 3, 77]);
    expect(codec.decode(bytes)).toMatchObject({ color: 77 });
    expect(codec.encode(codec.decode(bytes)).finish()).toEqual(bytes);
  });

  test("rejects an unknown number from a caller", () => {
    const schema = known(schemas.Groups_Single_Deep_DeeperSchema);
    expect(schema.safeParse({ color: -2 }).success).toBe(true);
    expect(schema.safeParse({ color: 77 }).error?.issues).toMatchObject([
      { message: "must be a value of the enum: 1, 0, -2", path: ["color"] },
    ]);
  });

  test("has its first value if the value of a map entry is left out", () => {
    const codec = known(old.Maps);
    const entry = [10, 1, 97];
    expect(codec.decode(new Uint8Array([0xaa, 6, entry.length, ...entry]))).toMatchObject({ colors: { a: 1 } });
  });
});

describe("extensions", () => {
  const json = {
    own: "o",
    "[old.v1.more_text]": "m",
    "[old.v1.packed_numbers]": [-1, 2],
    "[old.v1.Extended.nested]": { "[old.v1.color]": "COLOR_RED" },
  };
  const message = {
    own: "o",
    "[old.v1.more_text]": "m",
    "[old.v1.packed_numbers]": [-1, 2],
    "[old.v1.Extended.nested]": { "[old.v1.color]": 1 },
  };

  test("are fields with their name in JSON", () => {
    expect(decoded("Extended", json)).toMatchObject(message);
    const codec = known(old.Extended);
    expect(codec.decode(codec.encode(decoded("Extended", json)).finish())).toMatchObject(message);
  });

  test("are checked, documented, and linked to their declaration", () => {
    const schema = known(schemas.ExtendedSchema);
    expect(schema.parse(message)).toMatchObject(message);
    expect(schema.safeParse({ "[old.v1.more_text]": 1 }).error?.issues).toMatchObject([
      { path: ["[old.v1.more_text]"] },
    ]);
    const declarations = known(sources.get("old/v1/old.zod.d.ts"));
    expect(declarations).toMatch(
      /A comment of an extension\.\n +\*\n +\* @default "x"\n +\*\/\n +\["\[old\.v1\.more_text\]"\]\?: string \|/,
    );
  });

  test("of options are not fields, because they describe contracts", () => {
    expect([...sources.keys()].filter((name) => name.includes("descriptor"))).toEqual([
      "descriptors.js",
      "descriptors.d.ts",
    ]);
  });
});

test("text that is not valid UTF-8 is rejected, not replaced", () => {
  expect(() => known(old.Part).decode(new Uint8Array([10, 1, 0xff]))).toThrow();
});

test("-0 is sent", () => {
  const codec = known(old.Maps);
  expect(codec.decode(codec.encode(codec.decode(bytesOf("Maps", { reals: { 1: -0 } }))).finish())).toMatchObject({
    reals: { 1: -0 },
  });
});
