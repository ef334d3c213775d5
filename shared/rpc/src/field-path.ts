import type { DescExtension, DescField, DescMessage, Registry } from "@bufbuild/protobuf";
import type { FieldPathElement } from "@mesh/contracts/protocols/buf/validate/index";

/** Types of fields. Source: `FieldDescriptorProto.Type`, whose module would be loaded at every start for these. */
const Type = { UINT64: 4, FIXED64: 6, FIXED32: 7, GROUP: 10, MESSAGE: 11, UINT32: 13, ENUM: 14 } as const;

type Subscript = NonNullable<FieldPathElement["subscript"]>;

/** A name, or what the brackets after it contain: a key in quotation marks, an index, or the name of an extension. */
const segment = /(?:^|\.)([A-Za-z_]\w*)|\[("(?:[^"\\]|\\.)*"|[^"\]]+)\]/gy;

const extensionName = /^(?!(?:true|false)$)[A-Za-z_][\w.]*$/;

const unsigned: ReadonlySet<number> = new Set([Type.UINT32, Type.UINT64, Type.FIXED32, Type.FIXED64]);

/**
 * Returns the elements of a path such as `items[0].quantity`. Its fields have numbers and types as far as the message has
 * them. A text that is no path is one name.
 *
 * @param message the message in which the path starts; undefined: unknown
 * @param registry has the extensions
 */
export function pathElements(
  path: string,
  message: DescMessage | undefined,
  registry: Registry | undefined,
): FieldPathElement[] {
  const elements: FieldPathElement[] = [];
  let [at, field]: [DescMessage | undefined, DescField | DescExtension | undefined] = [message, undefined];
  for (const [, name, content = ""] of path.matchAll(segment)) {
    const last = elements.at(-1);
    const isExtension = extensionName.test(content);
    if (name === undefined && !isExtension) {
      if (last) Object.assign(last, subscriptOf(content, field));
      continue;
    }
    field = isExtension ? registry?.getExtension(content) : at?.fields.find((one) => one.name === name);
    elements.push({ fieldName: name ?? `[${content}]`, ...(field && numberAndType(field)) });
    at = field?.message;
  }
  return pathText(elements) === path ? elements : [{ fieldName: path }];
}

/** Returns the text of a path, as protovalidate writes it. */
export function pathText(elements: readonly FieldPathElement[]): string {
  return elements.reduce((text, { fieldName, fieldNumber, subscript }) => {
    const name = fieldName ?? String(fieldNumber ?? "");
    const dot = text === "" || name.startsWith("[") ? "" : ".";
    return text + dot + name + (subscript ? `[${keyText(subscript)}]` : "");
  }, "");
}

function numberAndType(field: DescField | DescExtension): FieldPathElement {
  const isGroup = field.fieldKind === "message" && field.delimitedEncoding;
  return { fieldNumber: field.number, fieldType: isGroup ? Type.GROUP : field.proto.type };
}

function subscriptOf(content: string, field: DescField | DescExtension | undefined): FieldPathElement {
  if (field?.fieldKind !== "map") return { subscript: keyOf(content, false) };
  const { mapKey: keyType, mapKind } = field;
  const valueType = mapKind === "scalar" ? field.scalar : mapKind === "enum" ? Type.ENUM : Type.MESSAGE;
  return { keyType, valueType, subscript: keyOf(content, true, unsigned.has(keyType)) };
}

/** Returns a key, or the index of a list; undefined: the content is neither. */
function keyOf(content: string, isMap: boolean, isUnsigned = false): Subscript | undefined {
  if (content.startsWith('"')) return { $case: "stringKey", value: unescaped(content.slice(1, -1)) };
  if (content === "true" || content === "false") return { $case: "boolKey", value: content === "true" };
  if (!/^-?\d{1,20}$/.test(content)) return undefined;
  const value = BigInt(content);
  // A number beyond 64 bits is cut; then the text of the path differs from what was given.
  if (isUnsigned) return { $case: "uintKey", value: BigInt.asUintN(64, value) };
  if (isMap || value < 0n) return { $case: "intKey", value: BigInt.asIntN(64, value) };
  return { $case: "index", value: BigInt.asUintN(64, value) };
}

function keyText({ $case, value }: Subscript): string {
  return $case === "stringKey" ? `"${escaped(value)}"` : String(value);
}

function escaped(key: string): string {
  return key.replace(/[\\"]/g, "\\$&").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => ({ r: "\r", n: "\n" })[letter] ?? letter);
}
