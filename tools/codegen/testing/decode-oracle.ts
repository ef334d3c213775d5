import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createFileRegistry, type DescMessage, fromBinary, type Message } from "@bufbuild/protobuf";
import { nestedTypes, reflect } from "@bufbuild/protobuf/reflect";
import fc from "fast-check";
import { typeName } from "../src/names.ts";
import { compile } from "./compile.ts";
import { bytesArbitrary } from "./damaged-bytes.ts";
import { formsProto } from "./form-corpus.ts";
import { generateFiles, writeGenerated } from "./generated.ts";
import type { Codec } from "./stock.ts";
import { syntaxCorpus } from "./syntax-corpus.ts";
import { type Difference, differenceInBytes, differenceInMessage } from "./wire-differences.ts";

/** A message of the corpus, with our codec. */
export interface Compared {
  readonly desc: DescMessage;
  readonly codec: Codec;
}

/** The messages that are compared, and the number of inputs so far, by the difference that excused them. */
export interface DecodeOracle {
  readonly messages: readonly Compared[];
  readonly counts: Map<Difference | "same" | "rejected", number>;
  /** Compares our decoder with protobuf-es on generated and damaged bytes. @throws if they differ for another reason */
  compare(message: Compared, runs: number): void;
  dispose(): Promise<void>;
}

const contracts = { "forms/v1/forms.proto": formsProto, ...syntaxCorpus };

/** Generates the corpus. */
export async function openDecodeOracle(): Promise<DecodeOracle> {
  const registry = createFileRegistry(await compile(contracts));
  const { folder, dispose } = await writeGenerated(await generateFiles(contracts));
  const extensions = [...registry].filter((type) => type.kind === "extension");
  const known = extensions.filter(({ extendee }) => extendee.file.proto.package !== "google.protobuf");
  const messages = await Promise.all(Object.keys(contracts).map(messagesOf));
  const counts: DecodeOracle["counts"] = new Map();

  async function messagesOf(path: string): Promise<Compared[]> {
    const codecs: Record<string, Codec> = await import(join(folder, path.replace(".proto", ".pb.ts")));
    const file = registry.getFile(path);
    const all = file ? [...nestedTypes(file)].filter((type) => type.kind === "message") : [];
    // Protobuf-es does not parse the bytes of extensions.
    return all
      .filter((desc) => desc.proto.extensionRange.length === 0)
      .flatMap((desc) => {
        const codec = codecs[typeName(desc)];
        return codec ? [{ desc, codec }] : [];
      });
  }

  function compare({ desc, codec }: Compared, runs: number): void {
    const property = fc.property(bytesArbitrary(desc, known), (bytes) => {
      const verdict = verdictOn(desc, codec, bytes);
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    });
    fc.assert(property, { numRuns: runs });
  }

  return { messages: messages.flat(), counts, compare, dispose };
}

/** @throws Error if both sides differ for none of the known reasons */
function verdictOn(desc: DescMessage, codec: Codec, bytes: Uint8Array): Difference | "same" | "rejected" {
  const theirs = attempt(() => fromBinary(desc, bytes, { readUnknownFields: false }));
  const ours = attempt(() => codec.decode(bytes));
  const excuse = differenceInBytes(desc, bytes) ?? (theirs && differenceInMessage(reflect(desc, theirs)));
  if (excuse) return excuse;
  if (!theirs && !ours) return "rejected";
  const back = ours && fromBinary(desc, codec.encode(ours).finish());
  if (isDeepStrictEqual(back, theirs)) return "same";
  throw new Error(`${desc.typeName}: ${Buffer.from(bytes).toString("hex")} is ${show(back)}, not ${show(theirs)}`);
}

function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

function show(message: Message | undefined): string {
  return message
    ? JSON.stringify(message, (_, value) => (typeof value === "bigint" ? `${value}n` : value))
    : "an error";
}
