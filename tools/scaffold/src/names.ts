import { builtinModules } from "node:module";
import { metadataScalars } from "@mesh/codegen/catalogue/error";

/** Names that folders or packages of the mesh itself use. */
const taken = new Set([
  "mesh",
  "buf",
  "google",
  "gateway",
  "web",
  "e2e",
  "shared",
  "tools",
  "proto",
  "services",
  "shop",
]);

/** Names that a tRPC router can't have. Source: `reservedWords` of @trpc/server. */
const reservedByTrpc = new Set(["then", "call", "apply"]);

/** Names that a `const` can't have. Source: ECMA-262, reserved words, also of strict mode and modules. */
const reserved = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof undefined var void while with yield service start schema consumers pages"
  ).split(" "),
);

/** Returns the error of an invalid service name. Undefined if it is valid. */
export function wrongServiceName(name: string): string | undefined {
  const shape = "use one word of lowercase letters and digits, such as greeter";
  if (!/^[a-z][a-z0-9]*$/.test(name)) return `"${name}" is not a service name: ${shape}`;
  const isTaken = [taken, reservedByTrpc, reserved].some((names) => names.has(name)) || builtinModules.includes(name);
  return isTaken ? `"${name}" is reserved by the mesh or by TypeScript: choose another name` : undefined;
}

/** Returns the error of an invalid name of an RPC or an event. Undefined if it is valid. */
export function wrongTypeName(name: string): string | undefined {
  if (/^[A-Z][A-Za-z0-9]*[a-z0-9][A-Za-z0-9]*$/.test(name)) return undefined;
  return `"${name}" is not a name for an RPC or an event: use PascalCase, such as PlaceOrder`;
}

/** Returns the error of an invalid name of a resource. Undefined if it is valid. */
export function wrongResource(name: string): string | undefined {
  if (!/^[A-Z][A-Za-z0-9]*[a-z0-9]$/.test(name)) {
    return `"${name}" is not a name for a resource: use the singular in PascalCase, such as Review`;
  }
  // TypeScript and its libraries declare these names.
  const isTaken = name in globalThis || ["Cursor", "Db", "Tx"].includes(name);
  return isTaken ? `"${name}" has another meaning in TypeScript: choose another name` : undefined;
}

/** Returns the error of an invalid error reason. Undefined if it is valid. */
export function wrongReason(name: string): string | undefined {
  if (/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name)) return undefined;
  return `"${name}" is not an error reason: use UPPER_SNAKE_CASE, such as OUT_OF_STOCK`;
}

/** Returns the error of an invalid field name. Undefined if it is valid. */
export function wrongFieldName(name: string): string | undefined {
  if (/^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/.test(name)) return undefined;
  return `"${name}" is not a field name: use lower_snake_case, such as order_id`;
}

/** Returns the error of an invalid metadata key, which may have a type: `quantity:int32`. Undefined if it is valid. */
export function wrongMetadata(entry: string): string | undefined {
  const [name = "", scalar] = entry.split(":");
  if (scalar === undefined || metadataScalars.includes(scalar)) return wrongFieldName(name);
  return `"${entry}" has no known type: use ${metadataScalars.join(", ")}`;
}

/** Returns the error of an invalid value for who can call a method at the gateway. Undefined if it is valid. */
export function wrongAudience(text: string): string | undefined {
  const words = text.split(" ");
  const isScopes = words.every((word) => /^[a-z][a-z0-9_.-]*:[a-z][a-z0-9_.-]*$/.test(word));
  if (text === "anyone" || text === "nobody" || isScopes) return undefined;
  return `"${text}" is not a valid audience: use anyone, nobody, or scopes such as orders:read`;
}

/** Converts `greeter` to `Greeter`. */
export const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Returns the singular of an English noun: `review` of `reviews`. Other words stay the same. */
export function singular(name: string): string {
  if (/[^aeiou]ies$/.test(name)) return name.replace(/ies$/, "y");
  if (/(?:ss|x|z|ch|sh)es$/.test(name)) return name.replace(/es$/, "");
  return name.replace(/(?<![su])s$/, "");
}

/** Returns the plural of an English noun: `Reviews` of `Review`. */
export function plural(name: string): string {
  if (/[^aeiou]y$/.test(name)) return name.replace(/y$/, "ies");
  return /(?:s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

/** Converts `PlaceOrder` to `placeOrder`. */
export const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Converts `OrderPlaced` to `order_placed`. */
export function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase();
}

/** Converts `order_id` to `orderId`, and `OUT_OF_STOCK` to `outOfStock`. */
export function camelCase(name: string): string {
  const [first = "", ...rest] = name.toLowerCase().split("_");
  return first + rest.map(pascalCase).join("");
}
