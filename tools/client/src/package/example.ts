import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path/posix";
import type { Entry } from "./entries.ts";

/** The service that the README uses as an example, with the names that callers write. */
export interface Example {
  /** The entry in the package: `orders/v1`. */
  readonly entry: string;
  /** The name at the gateway: `orders`. */
  readonly service: string;
  readonly definition: string;
  /** The name of a procedure of each kind. Undefined if the service has none. */
  readonly query: string | undefined;
  readonly mutation: string | undefined;
  readonly subscription: string | undefined;
  /** The number of its procedures. */
  readonly procedures: number;
  /** The request message of a procedure. */
  readonly request: string;
  /** An error reason, with a key of its metadata. */
  readonly error: { readonly errors: string; readonly reason: string; readonly key: string } | undefined;
}

/**
 * Finds the service at the gateway with the most kinds of procedures, and of several such the one with the most procedures.
 * Undefined if no service is at the gateway.
 */
export function findExample(root: string, entries: readonly Entry[]): Example | undefined {
  const router = readFileSync(join(root, "gateway/src/router.ts"), "utf8");
  const found = entries.flatMap(({ name, source }) => {
    const folder = join(root, source, "..");
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".services.d.ts")) : [];
    return files.flatMap((file) => exampleIn(name, readFileSync(join(folder, file), "utf8"), errorsIn(folder)) ?? []);
  });
  const exposed = found.filter(({ definition }) => router.includes(definition));
  return exposed.sort((a, b) => varietyOf(b) - varietyOf(a) || b.procedures - a.procedures)[0];
}

function varietyOf({ query, mutation, subscription, error }: Example): number {
  return [query, mutation, subscription, error].filter(Boolean).length;
}

/** Reads an example from generated declarations, whose format is fixed. */
function exampleIn(entry: string, types: string, errors: string): Example | undefined {
  const procedure = (kind: string) => new RegExp(`^ {2}(\\w+): TRPC${kind}Procedure<`, "m").exec(types)?.[1];
  const [, definition] = /^export declare const (\w+): ServiceDefinition</m.exec(types) ?? [];
  const [, request] = /Procedure<{ input: (\w+)Input;/.exec(types) ?? [];
  if (!definition || !request) return undefined;
  const reason =
    /reason: "(\w+)";\s+readonly domain: "[\w.]+\.(\w+)";\s+readonly metadata: { readonly (\w+): (?:string|number|bigint|boolean)/.exec(
      errors,
    );
  const [, name = "", catalogue = "", key = ""] = reason ?? [];
  return {
    entry,
    service: entry.split("/", 1)[0] ?? "",
    definition,
    query: procedure("Query"),
    mutation: procedure("Mutation"),
    subscription: procedure("Subscription"),
    procedures: types.match(/^ {2}\w+: TRPC\w+Procedure</gm)?.length ?? 0,
    request,
    error: reason ? { errors: catalogue, reason: name, key } : undefined,
  };
}

function errorsIn(folder: string): string {
  const file = readdirSync(folder).find((name) => name.endsWith(".errors.d.ts"));
  return file ? readFileSync(join(folder, file), "utf8") : "";
}
