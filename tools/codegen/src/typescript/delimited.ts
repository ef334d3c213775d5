import type { DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { typeName } from "../names.ts";

/**
 * Decoding is told of a group by a length below zero, the number of its field: it ends at the end tag of that field and
 * nowhere else. Stock ts-proto ends at any end tag, and takes what is behind it for nothing.
 */
const decoders: readonly (readonly [wrong: RegExp, right: string])[] = [
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

/** Mends how messages between two tags are written and read; throws where the output is not what this was written for. */
export function delimit(file: DescFile, source: string): string {
  const count = source.split("const previousRecursionDepth = ").length - 1;
  const strict = decoders.reduce((text, [wrong, right]) => {
    if ((text.match(wrong)?.length ?? 0) !== count)
      throw new Error(`${file.name}: ts-proto's output changed, not every decoder has ${wrong}`);
    return text.replace(wrong, () => right);
  }, source);
  const messages = [...nestedTypes(file)].filter((type) => type.kind === "message");
  return messages.reduce(delimitMessage, strict);
}

function delimitMessage(source: string, message: DescMessage): string {
  const fields = message.fields.filter(isDelimited);
  if (fields.length === 0) return source;
  const start = source.indexOf(`export const ${typeName(message)}: MessageFns<`);
  // A name that is too long for a line indents all that belongs to it.
  const end = start + source.slice(start).search(/^ {0,2}\};$/m);
  if (start < 0 || end <= start) throw new Error(`ts-proto's output changed, it lacks the codec of ${message}`);
  return source.slice(0, start) + fields.reduce(delimitField, source.slice(start, end)) + source.slice(end);
}

function delimitField(codec: string, { number }: DescField): string {
  const [byLength, start, end] = [2, 3, 4].map((wireType) => ((number << 3) | wireType) >>> 0);
  const write = new RegExp(`writer\\.uint32\\(${byLength}\\)\\.fork\\(\\)(,?\\s*\\)\\s*)\\.join\\(\\)`, "g");
  const read = new RegExp(
    `(if \\(tag !== )${byLength}(\\) \\{\\s*break;\\s*\\}[^]*?reader,\\s*)reader\\.uint32\\(\\)`,
    "g",
  );
  for (const place of [write, read]) {
    if (codec.match(place)?.length !== 1) throw new Error(`ts-proto's output changed, ${place} is not there once`);
  }
  return codec.replace(write, `writer.uint32(${start})$1.uint32(${end})`).replace(read, `$1${start}$2-${number}`);
}

/** Whether messages in a field stand between two tags, as those of a group do, not behind their length. */
function isDelimited(field: DescField): boolean {
  return "delimitedEncoding" in field && field.delimitedEncoding;
}
