import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path/posix";
import type { Entry } from "./entries.ts";

/** What the README shows: a service of this mesh, with names as callers write them. */
export interface Example {
  /** Its entry in the package: `orders/v1`. */
  readonly entry: string;
  /** What the gateway calls it: `orders`. */
  readonly service: string;
  readonly definition: string;
  /** The names of procedures of each kind; undefined: it has none. */
  readonly query: string | undefined;
  readonly mutation: string | undefined;
  readonly subscription: string | undefined;
  /** The message that a procedure takes. */
  readonly request: string;
  /** A reason for which calls are refused, with a key of its metadata. */
  readonly refusal: { readonly errors: string; readonly reason: string; readonly key: string } | undefined;
}

/** Finds the service that shows most, among those that the gateway lists; undefined: it lists none. */
export function findExample(root: string, entries: readonly Entry[]): Example | undefined {
  const router = readFileSync(join(root, "gateway/src/router.ts"), "utf8");
  const found = entries.flatMap(({ name, source }) => {
    const folder = join(root, source, "..");
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".services.d.ts")) : [];
    return files.flatMap((file) => exampleIn(name, readFileSync(join(folder, file), "utf8"), errorsIn(folder)) ?? []);
  });
  const exposed = found.filter(({ definition }) => router.includes(definition));
  return exposed.sort((a, b) => wealthOf(b) - wealthOf(a))[0];
}

function wealthOf({ query, mutation, subscription, refusal }: Example): number {
  return [query, mutation, subscription, refusal].filter(Boolean).length;
}

/** Reads what the generator wrote, whose lines always look alike. */
function exampleIn(entry: string, types: string, errors: string): Example | undefined {
  const procedure = (kind: string) => new RegExp(`^ {2}(\\w+): TRPC${kind}Procedure<`, "m").exec(types)?.[1];
  const [, definition] = /^export declare const (\w+): ServiceDefinition</m.exec(types) ?? [];
  const [, request] = /Procedure<{ input: (\w+)Input;/.exec(types) ?? [];
  if (!definition || !request) return undefined;
  const reason =
    /reason: "(\w+)";\s+readonly domain: "[\w.]+\.(\w+)";\s+readonly metadata: { readonly (\w+): string/.exec(errors);
  const [, name = "", catalogue = "", key = ""] = reason ?? [];
  return {
    entry,
    service: entry.split("/", 1)[0] ?? "",
    definition,
    query: procedure("Query"),
    mutation: procedure("Mutation"),
    subscription: procedure("Subscription"),
    request,
    refusal: reason ? { errors: catalogue, reason: name, key } : undefined,
  };
}

function errorsIn(folder: string): string {
  const file = readdirSync(folder).find((name) => name.endsWith(".errors.d.ts"));
  return file ? readFileSync(join(folder, file), "utf8") : "";
}
