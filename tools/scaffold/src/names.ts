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
    "public return static super switch this throw true try typeof undefined var void while with yield"
  ).split(" "),
);

/** Names that the files of a new service import or declare. */
const used = new Set(["service", "start", "schema", "consumers", "pages", "it", "expect"]);

/** Returns the error of an invalid service name. Undefined if it is valid. */
export function wrongServiceName(name: string): string | undefined {
  const shape = "use one word of lowercase letters and digits, such as greeter";
  if (!/^[a-z][a-z0-9]*$/.test(name)) return `"${name}" is not a service name: ${shape}`;
  const isTaken =
    [taken, reservedByTrpc, reserved, used].some((names) => names.has(name)) || builtinModules.includes(name);
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
  // TypeScript and its libraries declare these names, and so would the plural as that of a table: `arguments`.
  const isTaken = name in globalThis || ["Cursor", "Db", "Tx"].includes(name) || reserved.has(lowerFirst(plural(name)));
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

/** Nouns whose plural follows no rule below: plural and singular. */
const irregular = new Map(
  (
    "people person, children child, men man, women woman, mice mouse, leaves leaf, shelves shelf, knives knife, " +
    "wolves wolf, lives life, wives wife, thieves thief, halves half, movies movie, cookies cookie, calories calorie, " +
    "ties tie, pies pie, caches cache, niches niche, excuses excuse, fuses fuse, " +
    "quizzes quiz, heroes hero, potatoes potato, tomatoes tomato, echoes echo, " +
    "vetoes veto, criteria criterion, indices index, vertices vertex, matrices matrix, analyses analysis, axes axis, " +
    "crises crisis, diagnoses diagnosis, hypotheses hypothesis, theses thesis, atlases atlas, canvases canvas, " +
    "gases gas, biases bias, aliases alias, lenses lens, series series, species species, news news, data data, " +
    "media media, analytics analytics, logistics logistics, statistics statistics, feedback feedback"
  )
    .split(", ")
    .map((pair) => pair.split(" ") as [many: string, one: string]),
);

/** Replaces the last word of a name such as `orderLines`, in its own case. */
function withLastWord(name: string, convert: (word: string) => string): string {
  return name.replace(/[A-Z]?[a-z0-9]*$/, (word) => {
    const converted = convert(word.toLowerCase());
    return /^[A-Z]/.test(word) ? pascalCase(converted) : converted;
  });
}

/** Returns the singular of an English noun: `review` of `reviews`. Other words stay the same. */
export function singular(name: string): string {
  return withLastWord(name, (word) => {
    const known = irregular.get(word);
    if (known !== undefined) return known;
    if ([...irregular.values()].includes(word)) return word;
    if (/[^aeiou]ies$/.test(word)) return word.replace(/ies$/, "y");
    if (/(?:ss|x|zz|ch|sh|[^ao]us)es$/.test(word)) return word.replace(/es$/, "");
    return word.replace(/(?<!s|u|si)s$/, "");
  });
}

/** Returns the plural of an English noun: `Reviews` of `Review`. */
export function plural(name: string): string {
  return withLastWord(name, (word) => {
    const known = [...irregular].find(([, one]) => one === word)?.[0];
    if (known !== undefined) return known;
    if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, "ies");
    return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
  });
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

/** Returns the items of a list that commas separate, each once. */
export function listOf(text: string): string[] {
  const items = text.split(",").map((item) => item.trim());
  return [...new Set(items)].filter((item) => item !== "");
}
