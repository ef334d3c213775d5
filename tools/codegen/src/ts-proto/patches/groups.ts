import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { typeName } from "../../names.ts";
import { messagesOf } from "../declared.ts";
import { assertOutput, type Patch } from "../patch.ts";

/**
 * Reads and writes messages between two tags: those of groups, and those of fields with DELIMITED encoding. ts-proto reads
 * such a message until any end tag, and ignores the bytes after it. In the patched code a negative length is the number
 * of such a field, whose end tag ends the message.
 */
export const groups: Patch = {
  code(code, file) {
    const count = code.split("const previousRecursionDepth = ").length - 1;
    const strict = decoderParts.reduce((text, [stock, patched]) => {
      assertOutput((text.match(stock)?.length ?? 0) === count, file, `not every decoder has ${stock}`);
      return text.replace(stock, () => patched);
    }, code);
    return messagesOf(file).reduce(delimitMessage, strict);
  },
};

const decoderParts: readonly (readonly [stock: RegExp, patched: string])[] = [
  [
    /const end = length === undefined \? reader\.len : reader\.pos \+ length;/g,
    "const end = length === undefined || length < 0 ? reader.len : reader.pos + length;",
  ],
  [
    /if \(\(tag & 7\) === 4 \|\| tag === 0\) \{\s*break;\s*\}\s*reader\.skip\(tag & 7\);\s*\}\n/g,
    `if ((tag & 7) === 4 && length === -(tag >>> 3)) {
          return message;
        }
        if ((tag & 7) === 4 || tag >>> 3 === 0) {
          throw new globalThis.Error(\`illegal tag \${tag}\`);
        }
        reader.skip(tag & 7, tag >>> 3);
      }
      if (length !== undefined && length < 0) {
        throw new globalThis.Error(\`the group \${-length} has no end\`);
      }
`,
  ],
];

function delimitMessage(code: string, message: DescMessage): string {
  const fields = message.fields.filter(isDelimited);
  if (fields.length === 0) return code;
  const start = code.indexOf(`export const ${typeName(message)}: MessageFns<`);
  // The codec of a message with a long name has one more level of indentation.
  const end = start + code.slice(start).search(/^ {0,2}\};$/m);
  assertOutput(start >= 0 && end > start, message.file, `the codec of ${message} is missing`);
  return code.slice(0, start) + fields.reduce(delimitField, code.slice(start, end)) + code.slice(end);
}

function delimitField(codec: string, { number, parent }: DescField): string {
  const [byLength, start, end] = [2, 3, 4].map((wireType) => ((number << 3) | wireType) >>> 0);
  const write = new RegExp(`writer\\.uint32\\(${byLength}\\)\\.fork\\(\\)(,?\\s*\\)\\s*)\\.join\\(\\)`, "g");
  const read = new RegExp(
    `(if \\(tag !== )${byLength}(\\) \\{\\s*break;\\s*\\}[^]*?reader,\\s*)reader\\.uint32\\(\\)`,
    "g",
  );
  for (const part of [write, read]) {
    assertOutput(codec.match(part)?.length === 1, parent.file, `${part} is not there exactly once`);
  }
  return codec.replace(write, `writer.uint32(${start})$1.uint32(${end})`).replace(read, `$1${start}$2-${number}`);
}

function isDelimited(field: DescField): boolean {
  return "delimitedEncoding" in field && field.delimitedEncoding;
}
