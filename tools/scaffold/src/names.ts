import { builtinModules } from "node:module";

/** What a service's name may not be, as folders or packages of the mesh itself go by it. */
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

/** What no router of tRPC may be called. Source: `reservedWords` of @trpc/server. */
const reservedByTrpc = new Set(["then", "call", "apply"]);

/** Words that a `const` may not be called. Source: ECMA-262, reserved words, and those of strict mode and modules. */
const reserved = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof undefined var void while with yield service start"
  ).split(" "),
);

/** What is wrong with a text as the name of a service; undefined: nothing. */
export function wrongServiceName(name: string): string | undefined {
  const shape = "a service is called by one word of small letters and digits, as its folder and its package: greeter";
  if (!/^[a-z][a-z0-9]*$/.test(name)) return `"${name}" is no name of a service: ${shape}`;
  const isTaken = [taken, reservedByTrpc, reserved].some((names) => names.has(name)) || builtinModules.includes(name);
  return isTaken ? `"${name}" means something else here, or in TypeScript: choose another name` : undefined;
}

/** What is wrong with a text as the name of an RPC or an event; undefined: nothing. */
export function wrongTypeName(name: string): string | undefined {
  if (/^[A-Z][A-Za-z0-9]*[a-z0-9][A-Za-z0-9]*$/.test(name)) return undefined;
  return `"${name}" is no name of an RPC or an event: write words with capitals: PlaceOrder`;
}

/** What is wrong with a text as the reason of an error; undefined: nothing. */
export function wrongReason(name: string): string | undefined {
  if (/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name)) return undefined;
  return `"${name}" is no reason of an error: write capitals with _ between the words: OUT_OF_STOCK`;
}

/** What is wrong with a text as the name of a field; undefined: nothing. */
export function wrongFieldName(name: string): string | undefined {
  if (/^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/.test(name)) return undefined;
  return `"${name}" is no name of a field: write small letters with _ between the words: order_id`;
}

/** What is wrong with a text that says who may call a method at the gateway; undefined: nothing. */
export function wrongAudience(text: string): string | undefined {
  const words = text.split(" ");
  const isScopes = words.every((word) => /^[a-z][a-z0-9_.-]*:[a-z][a-z0-9_.-]*$/.test(word));
  if (text === "anyone" || text === "nobody" || isScopes) return undefined;
  return `"${text}" says nothing of who may call: write anyone, nobody, or scopes such as orders:read`;
}

/** `GreeterService` of `greeter`. */
export const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** `placeOrder` of `PlaceOrder`. */
export const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** `order_placed` of `OrderPlaced`. */
export function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase();
}

/** `orderId` of `order_id`, `outOfStock` of `OUT_OF_STOCK`. */
export function camelCase(name: string): string {
  const [first = "", ...rest] = name.toLowerCase().split("_");
  return first + rest.map(pascalCase).join("");
}
