import type { DescEnum, DescField, DescMessage, DescMethod, DescOneof, DescService } from "@bufbuild/protobuf";
import { isReservedType, isReservedWord } from "./reserved.ts";

/**
 * What a message or an enum is called in TypeScript: `OrderStep_Placed`. It depends on nothing but its own name, so that
 * nothing that is added to a contract renames what is there: a `_` in a name is doubled, since one stands between a type
 * and the type it is declared in, and a name that TypeScript or the generated code needs gets a suffix.
 */
export function typeName(desc: DescMessage | DescEnum): string {
  if (desc.parent) return `${typeName(desc.parent)}_${ownName(desc)}`;
  const name = ownName(desc);
  if (desc.file.proto.package === "google.protobuf" || !isReservedType(name)) return name;
  return name + (desc.kind === "enum" ? "Enum" : "Message");
}

/** What a service is called in TypeScript: `OrderService`. */
export function serviceIdentifier(desc: DescService): string {
  const name = ownName(desc);
  return isReservedWord(name) ? `${name}Service` : name;
}

/** A part of a type's name. */
export function ownName(desc: DescMessage | DescEnum | DescService): string {
  return desc.name.replaceAll("_", "__");
}

/** What a field or a oneof is called in TypeScript: `productId`. */
export function fieldKey(desc: DescField | DescOneof): string {
  return keysOf(desc.parent).get(desc) ?? plainKey(desc);
}

const keys = new WeakMap<DescMessage, ReadonlyMap<DescField | DescOneof, string>>();

function keysOf(message: DescMessage): ReadonlyMap<DescField | DescOneof, string> {
  const known = keys.get(message);
  if (known) return known;
  // The cases of a oneof are keys among themselves.
  const scopes = [message.members, ...message.oneofs.map(({ fields }) => fields)];
  const made = new Map(scopes.flatMap((members) => [...distinctKeys(members)]));
  keys.set(message, made);
  return made;
}

/**
 * Of members that come to one key the one with the lowest number has it, which is the oldest; the others add their
 * number: `fooBar_7`.
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

/** A key contains no `_` but at its start, where nothing or a digit follows. */
function plainKey({ name }: DescField | DescOneof): string {
  // An extension.
  if (name.startsWith("[")) return name;
  const key = name.includes("_") ? camelCase(name) : name;
  return /^[a-z]/i.test(key) ? key : `_${key}`;
}

/** What a key of an error's metadata is called in TypeScript and on the wire. */
export function metadataKey(name: string): string {
  return camelCase(name);
}

/** What a method is called in TypeScript: `placeOrder`; of methods that differ in the first letter's case, `placeOrder$2`. */
export function methodName(desc: DescMethod): string {
  const same = desc.parent.methods.filter((method) => plainMethodName(method) === plainMethodName(desc));
  const index = same.indexOf(desc);
  return index > 0 ? `${plainMethodName(desc)}$${index + 1}` : plainMethodName(desc);
}

/** Whatever has a function `then` is taken for a promise: a client with one could not be awaited, and tRPC's has none. */
function plainMethodName({ name }: DescMethod): string {
  const key = name.charAt(0).toLowerCase() + name.slice(1);
  return key === "then" ? "then$" : key;
}

/** What an error reason is called without its enum's prefix: `OUT_OF_STOCK`. */
export function reasonName(enumName: string, valueName: string): string {
  const prefix = `${enumName.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toUpperCase()}_`;
  return valueName.startsWith(prefix) ? valueName.slice(prefix.length) : valueName;
}

/** What the function that makes an error is called: `outOfStock`. */
export function reasonKey(reason: string): string {
  return camelCase(reason);
}

/** What `@mesh/contracts` offers besides the packages of contracts. Source: `exports` in its package.json. */
export const ownSubpaths: readonly string[] = ["cel", "descriptors", "re2", "schema", "transformer"];

/**
 * Where a package's barrel is, and how it is imported: `orders/v1` of `@mesh/contracts/orders/v1`. What has no package is
 * in `no-package`, which no package can be called.
 */
export function packageFolder(packageName: string): string {
  if (packageName === "") return "no-package";
  return ownSubpaths.includes(packageName) ? `${packageName}-package` : packageName.replaceAll(".", "/");
}

/** A text in capitals is taken as words in capitals; otherwise the letters behind a `_` become capitals. */
function camelCase(text: string): string {
  const shouted = !/[a-z]/.test(text);
  const words = text.split("_").map((word) => (shouted ? word.toLowerCase() : word));
  return words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}
