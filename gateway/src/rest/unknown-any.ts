import { randomBytes } from "node:crypto";
import {
  create,
  createRegistry,
  type DescMessage,
  fromBinary,
  getExtension,
  isMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  type Registry,
  setExtension,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { type Any, AnySchema, BytesValueSchema } from "@bufbuild/protobuf/wkt";
import { messagesIn } from "./descriptors.ts";
import { recursionLimit } from "./fault-search.ts";
import { canLack, missingIn, partsOf } from "./missing-fields.ts";
import { isObject } from "./place-value.ts";

// JSON can't show what is in a google.protobuf.Any of a type that no contract here has. Such an Any is
// {"@type": "type.googleapis.com/pkg.Name", "@value": "<base64>"}, and no message has a field of that name. protobuf-es does
// not know this form, so it reads and writes an Any of bytes, which hold a mark that no client knows, the type and the value.

const bytesUrl = `type.googleapis.com/${BytesValueSchema.typeName}`;
/** Bytes that base64 writes without padding. */
const mark = randomBytes(18);

/** Returns a registry that also has the message of the bytes. */
export function withBytes(registry: Registry): Registry {
  return registry.getMessage(BytesValueSchema.typeName) ? registry : createRegistry(registry, BytesValueSchema);
}

/** Changes the JSON of an Any of an unknown type into what protobuf-es reads. `unmarkAnys` undoes it in the message. */
export function markJson(json: JsonObject, typeUrl: string, value: string): void {
  delete json["@value"];
  const bytes = marked({ typeUrl, value: Buffer.from(value, "base64") });
  Object.assign(json, { "@type": bytesUrl, value: bytes.toString("base64") });
}

/** Gives each Any of an unknown type that was read its own type and bytes. */
export function unmarkAnys(desc: DescMessage, message: Message, registry: Registry): void {
  changeAnys(desc, message, registry, (any) => {
    if (any.typeUrl === bytesUrl) Object.assign(any, unmarked(fromBinary(BytesValueSchema, any.value).value));
    else changeInside(any, registry, unmarkAnys);
  });
}

/** Writes a message as JSON, with its Anys of unknown types, and of bytes that their type can't be read from. */
export function jsonWithAnys(desc: DescMessage, message: Message, options: { registry: Registry }): JsonValue {
  markAnys(desc, message, options.registry);
  const json = toJson(desc, message, options);
  return reachesAny(desc) ? unmarkedJson(json) : json;
}

/** Marks each Any that protobuf-es can't print. */
function markAnys(desc: DescMessage, message: Message, registry: Registry): void {
  changeAnys(desc, message, registry, (any) => {
    const own = { typeUrl: any.typeUrl, value: any.value };
    if (isPrintable(any, registry)) return;
    any.value = toBinary(BytesValueSchema, create(BytesValueSchema, { value: marked(own) }));
    any.typeUrl = bytesUrl;
  });
}

/** Returns whether protobuf-es can print an Any, and read it again, once those inside it are marked. */
function isPrintable(any: Any, registry: Registry): boolean {
  try {
    changeInside(any, registry, markAnys);
    toJson(AnySchema, any, { registry });
    return !lacksFields(any, registry);
  } catch {
    return false;
  }
}

function lacksFields({ typeUrl, value }: Any, registry: Registry): boolean {
  const type = messageOf(typeUrl, registry);
  if (!type || !canLack(type)) return false;
  return missingIn(reflect(type, fromBinary(type, value, { recursionLimit }))).length > 0;
}

function messageOf(typeUrl: string, registry: Registry): DescMessage | undefined {
  return registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf("/") + 1));
}

/** Changes the Anys inside an Any, which are in its bytes, if its type is known. @throws Error if its bytes are not of the type */
function changeInside(any: Any, registry: Registry, change: typeof markAnys): void {
  const type = messageOf(any.typeUrl, registry);
  if (!type || !reachesAny(type)) return;
  const message = fromBinary(type, any.value, { recursionLimit });
  change(type, message, registry);
  any.value = toBinary(type, message);
}

function unmarkedJson(json: JsonValue): JsonValue {
  if (Array.isArray(json)) return json.map(unmarkedJson);
  if (!isObject(json)) return json;
  const { "@type": type, value } = json;
  const found = type === bytesUrl && typeof value === "string" ? unmarked(Buffer.from(value, "base64")) : undefined;
  if (found) return { "@type": found.typeUrl, "@value": Buffer.from(found.value).toString("base64") };
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, unmarkedJson(item)]));
}

function marked(any: Pick<Any, "typeUrl" | "value">): Buffer {
  return Buffer.concat([mark, toBinary(AnySchema, create(AnySchema, any))]);
}

/** Returns the Any in marked bytes; undefined: they have no mark. */
function unmarked(bytes: Uint8Array): Any | undefined {
  const isMarked = mark.equals(bytes.subarray(0, mark.length));
  return isMarked ? fromBinary(AnySchema, bytes.subarray(mark.length)) : undefined;
}

function changeAnys(desc: DescMessage, message: Message, registry: Registry, change: (any: Any) => void): void {
  if (reachesAny(desc)) changeWithin(reflect(desc, message), registry, change);
}

function changeWithin(message: ReflectMessage, registry: Registry, change: (any: Any) => void): void {
  if (isMessage(message.message, AnySchema)) {
    change(message.message);
    return;
  }
  for (const field of message.fields) {
    if (!field.message || !reachesAny(field.message) || !message.isSet(field)) continue;
    for (const [part] of partsOf(message, field, "")) changeWithin(part, registry, change);
  }
  for (const extension of extensionsIn(message, registry)) {
    const value = getExtension(message.message, extension, { recursionLimit });
    // What has a message is one or a list of them.
    for (const part of [value].flat() as Message[]) changeAnys(extension.message, part, registry, change);
    setExtension(message.message, extension, value);
  }
}

/** Returns the extensions of a message that can have an Any. */
function extensionsIn({ desc, message }: ReflectMessage, registry: Registry) {
  const numbers = new Set(message.$unknown?.map(({ no }) => no));
  return [...numbers].flatMap((no) => {
    const extension = registry.getExtensionFor(desc, no);
    return extension?.message && reachesAny(extension.message) ? [{ ...extension, message: extension.message }] : [];
  });
}

const known = new WeakMap<DescMessage, boolean>();

/** Returns true if a message can have an Any, at any depth, or extensions, which can. */
function reachesAny(desc: DescMessage): boolean {
  const found = known.get(desc);
  if (found !== undefined) return found;
  const reaches = [...messagesIn(desc)].some(
    ({ typeName, proto }) => typeName === AnySchema.typeName || proto.extensionRange.length > 0,
  );
  known.set(desc, reaches);
  return reaches;
}
