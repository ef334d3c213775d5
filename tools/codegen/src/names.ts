import type { DescEnum, DescField, DescMessage, DescMethod, DescOneof, DescService } from "@bufbuild/protobuf";
import { isReservedType, isReservedWord } from "./reserved.ts";

/**
 * Returns the name of a message or an enum in TypeScript: `OrderStep_Placed`. It depends only on its own name and those
 * of the types around it, so an addition to a contract renames nothing. A `_` in a name is doubled, because a single
 * one separates a type from the type that contains it. A name that TypeScript or the generated code needs gets a suffix.
 */
export function typeName(desc: DescMessage | DescEnum): string {
  if (desc.parent) return `${typeName(desc.parent)}_${ownName(desc)}`;
  const name = ownName(desc);
  if (desc.file.proto.package === "google.protobuf" || !isReservedType(name)) return name;
  return name + (desc.kind === "enum" ? "Enum" : "Message");
}

/** Returns the name of a service in TypeScript: `OrderService`. */
export function serviceIdentifier(desc: DescService): string {
  const name = ownName(desc);
  return isReservedWord(name) ? `${name}Service` : name;
}

/** Returns a declaration's own part of its name. */
export function ownName(desc: DescMessage | DescEnum | DescService): string {
  return desc.name.replaceAll("_", "__");
}

/** Returns the name of a field or a oneof in TypeScript: `productId`. */
export function fieldKey(desc: DescField | DescOneof): string {
  return keysOf(desc.parent).get(desc) ?? plainKey(desc);
}

const keys = new WeakMap<DescMessage, ReadonlyMap<DescField | DescOneof, string>>();

function keysOf(message: DescMessage): ReadonlyMap<DescField | DescOneof, string> {
  const known = keys.get(message);
  if (known) return known;
  // The cases of a oneof have a scope of their own.
  const scopes = [message.members, ...message.oneofs.map(({ fields }) => fields)];
  const made = new Map(scopes.flatMap((members) => [...distinctKeys(members)]));
  keys.set(message, made);
  return made;
}

/**
 * Returns a distinct key for each member. If several members have one key, the member with the lowest number keeps it,
 * because it is the oldest; the others add their number: `fooBar_7`.
 */
function distinctKeys(members: readonly (DescField | DescOneof)[]): Map<DescField | DescOneof, string> {
  const taken = new Set<string>();
  const byAge = [...members].sort((a, b) => numberOf(a) - numberOf(b));
  return new Map(
    byAge.map((member) => {
      const key = plainKey(member);
      const own = taken.has(key) ? `${key}_${numberOf(member)}` : key;
      taken.add(own);
      return [member, own];
    }),
  );
}

function numberOf(member: DescField | DescOneof): number {
  return member.kind === "oneof" ? Math.min(...member.fields.map(({ number }) => number)) : member.number;
}

/** Returns the key of a member alone. It contains `_` only at its start, before a digit or nothing. */
function plainKey({ name }: DescField | DescOneof): string {
  // The name of an extension.
  if (name.startsWith("[")) return name;
  const key = name.includes("_") ? camelCase(name) : name;
  return /^[a-z]/i.test(key) ? key : `_${key}`;
}

/** Returns the name of a key of an error's metadata, in TypeScript and on the wire. */
export function metadataKey(name: string): string {
  return camelCase(name);
}

/**
 * Returns the name of a method in TypeScript: `placeOrder`. If two differ only in the case of the first letter, the
 * second is `placeOrder$2`.
 */
export function methodName(desc: DescMethod): string {
  const same = desc.parent.methods.filter((method) => plainMethodName(method) === plainMethodName(desc));
  const index = same.indexOf(desc);
  return index > 0 ? `${plainMethodName(desc)}$${index + 1}` : plainMethodName(desc);
}

/**
 * Returns the name of a method alone. An object with a function `then` is treated as a promise, so no client may have
 * one.
 */
function plainMethodName({ name }: DescMethod): string {
  const key = name.charAt(0).toLowerCase() + name.slice(1);
  return key === "then" ? "then$" : key;
}

/** Returns the name of an error reason without the prefix of its enum: `OUT_OF_STOCK`. */
export function reasonName(enumName: string, valueName: string): string {
  const prefix = `${enumName.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toUpperCase()}_`;
  return valueName.startsWith(prefix) ? valueName.slice(prefix.length) : valueName;
}

/** Returns the name of the function that makes an error: `outOfStock`. */
export function reasonKey(reason: string): string {
  return camelCase(reason);
}

/** The subpaths of `@mesh/contracts` besides the packages of contracts. Source: `exports` in its package.json. */
export const ownSubpaths: readonly string[] = [
  "cel",
  "client",
  "descriptors",
  "file",
  "re2",
  "roles",
  "schema",
  "transformer",
];

/**
 * Returns the folder of a package's barrel, by which it is imported: `orders/v1` of `@mesh/contracts/orders/v1`. Types
 * without a package are in `no-package`, which is not a possible name of a package.
 */
export function packageFolder(packageName: string): string {
  if (packageName === "") return "no-package";
  return ownSubpaths.includes(packageName) ? `${packageName}-package` : packageName.replaceAll(".", "/");
}

/** Writes a text in camel case: letters after a `_` become capitals. A text in capitals becomes lower case first. */
function camelCase(text: string): string {
  const shouted = !/[a-z]/.test(text);
  const words = text.split("_").map((word) => (shouted ? word.toLowerCase() : word));
  return words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}
