import {
  create,
  type DescFile,
  type DescMessage,
  equals,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { typeName } from "../../src/names.ts";
import { validateProtoName } from "../../src/proto/validate-proto.ts";
import type { Exports } from "./load-modules.ts";
import { sampleOf } from "./sample.ts";

/** The generated exports of a message that are tried. */
interface Generated {
  readonly codec: { encode(message: unknown): { finish(): Uint8Array }; decode(bytes: Uint8Array): unknown };
  readonly schema: { safeParse(value: unknown): { success: boolean; data?: unknown; error?: { message: string } } };
}

/** The number of fields to try of each oneof. */
const variants = 3;

/**
 * Sends samples of all messages of a file through the generated codecs and schemas and back. Returns a problem for each
 * message that comes back different from that of protobuf-es.
 */
export function roundTripProblems(file: DescFile, modules: ReadonlyMap<string, Exports>): string[] {
  const messages = [...nestedTypes(file)].filter((type) => type.kind === "message");
  return messages.flatMap((message) => {
    const generated = generatedFor(message, modules);
    const filled = Array.from({ length: variants }, (_, variant) => sampleOf(message, variant));
    // The .proto of a Value forbids one without a kind.
    const samples = message.typeName === ValueSchema.typeName ? filled : [create(message), ...filled];
    const problem = samples.map((sample) => tryOut(message, sample, generated)).find((text) => text !== undefined);
    return problem ? [`${message.typeName}: ${problem}`] : [];
  });
}

function generatedFor(message: DescMessage, modules: ReadonlyMap<string, Exports>): Generated {
  const { name } = message.file;
  const codec = modules.get(`${name}.pb.ts`)?.[typeName(message)];
  const schema = modules.get(`${name}.zod.js`)?.[`${typeName(message)}Schema`];
  return { codec, schema } as Generated; // The first use reports a missing export.
}

function tryOut(message: DescMessage, sample: Message, { codec, schema }: Generated): string | undefined {
  try {
    const bytes = written(message, sample);
    if (!bytes) return undefined;
    const decoded = codec.decode(bytes);
    if (!isSame(message, sample, codec.encode(decoded).finish())) return "the codec changes it";
    const { success, data, error } = schema.safeParse(decoded);
    if (!success) return isRuled(message.file) ? undefined : `the schema rejects it: ${error?.message}`;
    return isSame(message, sample, codec.encode(data).finish()) ? undefined : "the schema changes it";
  } catch (error) {
    return `it throws ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Returns the bytes of a sample; undefined if it lacks a required field of proto2. */
function written(message: DescMessage, sample: Message): Uint8Array | undefined {
  try {
    return toBinary(message, sample);
  } catch {
    return undefined;
  }
}

function isSame(message: DescMessage, sample: Message, bytes: Uint8Array): boolean {
  return equals(message, fromBinary(message, bytes), fromBinary(message, toBinary(message, sample)));
}

/** Returns true if the file can have rules, which may reject a sample. */
function isRuled(file: DescFile, seen = new Set<DescFile>()): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  return file.proto.name === validateProtoName || file.dependencies.some((other) => isRuled(other, seen));
}
