import { join } from "node:path";
import {
  createFileRegistry,
  type DescExtension,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import { compilerErrors } from "../../testing/compiler-errors.ts";
import { generateFiles, writeGenerated } from "../../testing/generated.ts";
import { messageArbitrary } from "../../testing/message-arbitrary.ts";
import { syntaxCorpus } from "../../testing/syntax-corpus.ts";
import { typeName } from "../names.ts";

interface Codec {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Record<string, unknown>;
}

const files = Object.keys(syntaxCorpus);
let registry: FileRegistry;
let folder: string;
let dispose: () => Promise<void>;

beforeAll(async () => {
  registry = createFileRegistry(await compile(syntaxCorpus));
  ({ folder, dispose } = await writeGenerated(await generateFiles(syntaxCorpus)));
});
afterAll(() => dispose());

function extensions(): DescExtension[] {
  const all = [...registry].filter((type) => type.kind === "extension");
  return all.filter(({ extendee }) => extendee.file.proto.package !== "google.protobuf");
}

async function codecsOf(file: string): Promise<readonly (readonly [DescMessage, Codec])[]> {
  const codecs: Record<string, Codec> = await import(join(folder, file.replace(".proto", ".pb.ts")));
  const desc = registry.getFile(file);
  const messages = desc ? [...nestedTypes(desc)].filter((type) => type.kind === "message") : [];
  return messages.map((message) => {
    const codec = codecs[typeName(message)];
    if (!codec) throw new Error(`${message} was not generated`);
    return [message, codec];
  });
}

/** Returns the contents of bytes, without the order of fields. Protobuf-es does not parse the bytes of extensions. */
function content(desc: DescMessage, bytes: Uint8Array): unknown {
  const message = fromBinary(desc, bytes);
  return desc.proto.extensionRange.length > 0 ? toJson(desc, message, { registry }) : toBinary(desc, message);
}

describe("bytes of protobuf-es are read, and written with the same contents", () => {
  test.each(files)(
    "%s",
    async (file) => {
      for (const [desc, codec] of await codecsOf(file)) {
        fc.assert(
          fc.property(messageArbitrary(desc, extensions()), (message) => {
            const sent = toBinary(desc, message);
            const back = codec.encode(codec.decode(sent)).finish();
            expect(content(desc, back), desc.typeName).toEqual(content(desc, sent));
          }),
          { numRuns: 200 },
        );
      }
    },
    60_000,
  );
});

test("the generated code compiles", async () => {
  expect(await compilerErrors(folder)).toBe("");
}, 240_000);
