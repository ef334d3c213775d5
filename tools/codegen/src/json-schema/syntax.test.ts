import {
  createFileRegistry,
  type DescExtension,
  type DescMessage,
  type JsonValue,
  type Message,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import { generateFiles } from "../../testing/generated.ts";
import { messageArbitrary } from "../../testing/message-arbitrary.ts";
import { syntaxCorpus } from "../../testing/syntax-corpus.ts";

/** The number of messages of each type. */
const tries = 30;
const seed = Date.now() % 2 ** 31;

// The seed is in the name, so that a failed run can be repeated.
test(`JSON of proto2 and editions fits the schemas, with extensions and groups (seed ${seed})`, async () => {
  const registry = createFileRegistry(await compile(syntaxCorpus));
  const files = await generateFiles(syntaxCorpus);
  const ajv = new Ajv2020({ strictTypes: false, validateFormats: false });
  for (const { name, content } of files) if (/^json-schema\/.*\.json$/.test(name)) ajv.addSchema(JSON.parse(content));
  const types = [...registry.files]
    .filter(({ proto }) => proto.name in syntaxCorpus)
    .flatMap((file) => [...nestedTypes(file)]);
  const messages = types.filter((type): type is DescMessage => type.kind === "message");
  const extensions = types.filter((type): type is DescExtension => type.kind === "extension");
  expect([messages.length > 10, extensions.length > 10]).toEqual([true, true]);
  const tried = { messages: 0, extensions: 0 };
  for (const message of messages) {
    const fits = ajv.compile({ $ref: `${message.file.proto.package}.json#/$defs/${message.typeName}` });
    for (const value of fc.sample(messageArbitrary(message, extensions), { seed, numRuns: tries })) {
      const json = jsonOf(message, value, registry);
      if (json === undefined) continue;
      tried.messages++;
      if (Object.keys(json ?? {}).some((key) => key.startsWith("["))) tried.extensions++;
      expect(fits(json), `${message.typeName} ${JSON.stringify(json)} ${JSON.stringify(fits.errors)}`).toBe(true);
    }
  }
  expect(tried.messages).toBeGreaterThan(messages.length);
  expect(tried.extensions).toBeGreaterThan(10);
});

/** Returns the JSON of a message; undefined if it has none, such as a mask of the field `__proto__`. */
function jsonOf(desc: DescMessage, message: Message, registry: Registry): JsonValue | undefined {
  try {
    return toJson(desc, message, { registry });
  } catch {
    return undefined;
  }
}
