import type { DescEnum, DescField, DescFile, DescMessage, DescMethod, DescOneof } from "@bufbuild/protobuf";

/** Types that ts-proto gives another name, because they would hide a global one. */
const renamed = new Set(["Date", "Function"]);

/** What a message or an enum is called in TypeScript: `OrderStep_Placed`. As ts-proto does it. */
export function typeName(desc: DescMessage | DescEnum): string {
  const name = nestedName(desc);
  return renamed.has(name) ? `${name}Message` : name;
}

function nestedName(desc: DescMessage | DescEnum): string {
  const own = desc.name.includes("_") ? camelCase(desc.name) : desc.name;
  return desc.parent ? `${nestedName(desc.parent)}_${own}` : own;
}

/** What a field or a oneof is called in TypeScript: `productId`. As ts-proto does it, which differs from protobuf-es. */
export function fieldKey(desc: DescField | DescOneof): string {
  return desc.name.includes("_") ? camelCase(desc.name) : desc.name;
}

/** What a key of an error's metadata is called in TypeScript and on the wire. */
export function metadataKey(name: string): string {
  return camelCase(name);
}

/** What a method is called in TypeScript: `placeOrder`. */
export function methodName(desc: DescMethod): string {
  return desc.name.charAt(0).toLowerCase() + desc.name.slice(1);
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

/** Where a file's messages are: `orders/v1/orders.pb.ts`, without the extension. */
export function stem(file: DescFile): string {
  return file.name;
}

/** Where a package's barrel is: `orders/v1`; empty: the package has no name. */
export function packageFolder(packageName: string): string {
  return packageName.replaceAll(".", "/");
}

/** A text in capitals is taken as words in capitals; otherwise the letters behind a `_` become capitals. */
function camelCase(text: string): string {
  const shouted = !/[a-z]/.test(text);
  const words = text.split("_").map((word) => (shouted ? word.toLowerCase() : word));
  return words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}
