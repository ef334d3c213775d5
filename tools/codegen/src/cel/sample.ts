import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";

/** The number of nested messages in a sample. */
const maxDepth = 3;

/**
 * Returns a message with every field set, to try an expression on.
 *
 * @param filled false sets texts, numbers and bytes to zero
 * @param favored the field of its oneof to set; default: the first
 */
export function sample(desc: DescMessage, filled: boolean, favored?: DescField, depth = 0): Message {
  const message = reflect(desc, create(desc));
  for (const member of desc.members) {
    const field = member.kind === "field" ? member : (member.fields.find((one) => one === favored) ?? member.fields[0]);
    if (field && (!field.message || depth < maxDepth)) fill(message, field, filled, depth);
  }
  return message.message;
}

function fill(message: ReflectMessage, field: DescField, filled: boolean, depth: number): void {
  const value = field.message ? reflect(field.message, sample(field.message, filled, undefined, depth + 1)) : undefined;
  const plain = value ?? (field.enum ? number(field, filled) : scalar(field.scalar, filled));
  // The values have the type of the field.
  if (field.fieldKind === "list") message.get(field).add(plain as never);
  else if (field.fieldKind === "map") message.get(field).set(scalar(field.mapKey, filled) as never, plain as never);
  else message.set(field, plain as never);
}

function number(field: DescField, filled: boolean): number {
  return field.enum?.values[filled ? 1 : 0]?.number ?? field.enum?.values[0]?.number ?? 0;
}

function scalar(kind: ScalarType | undefined, filled: boolean): unknown {
  switch (kind) {
    case ScalarType.STRING:
      return filled ? "a" : "";
    case ScalarType.BYTES:
      return new Uint8Array(filled ? 1 : 0);
    case ScalarType.BOOL:
      return filled;
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return filled ? 1n : 0n;
    default:
      return filled ? 1 : 0;
  }
}
