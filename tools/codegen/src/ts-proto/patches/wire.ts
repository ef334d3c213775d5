import { assertOutput, type Patch } from "../patch.ts";

const skipped = "reader.skip(tag & 7, tag >>> 3);";

/**
 * Rejects a tag that has more than 32 bits, and a varint of an unknown field that has more than ten bytes. ts-proto cuts
 * such a tag, which then may be that of another field. Groups that are skipped count as levels of nesting.
 */
export const wire: Patch = {
  code(code, file) {
    const decoders = code.split("  decode(\n").length - 1;
    for (const stock of ["const tag = reader.uint32();", skipped]) {
      assertOutput(code.split(stock).length - 1 === decoders, file, `not every decoder has ${stock}`);
    }
    if (decoders === 0) return code;
    return code
      .replaceAll("const tag = reader.uint32();", "const tag = readTag(reader);")
      .replaceAll(skipped, "skipField(reader, tag);")
      .concat(helpers);
  },
};

/** A varint of 64 bits has at most ten bytes; `uint32` reads them all, and cuts the value. */
const helpers = `
function readTag(reader: BinaryReader): number {
  const start = reader.pos;
  const tag = reader.uint32();
  const length = reader.pos - start;
  if (length > 5 || (length === 5 && (reader as any).buf[reader.pos - 1] > 0x0f)) {
    throw new globalThis.Error("illegal tag: more than 32 bits");
  }
  return tag;
}

function skipField(reader: BinaryReader, tag: number): void {
  if ((tag & 7) === 0) {
    reader.uint32();
  } else {
    reader.skip(tag & 7, tag >>> 3, 100 - (reader as any).__tsProtoDecodeDepth);
  }
}
`;
