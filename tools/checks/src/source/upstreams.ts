import { type CodePlace, importedName, localNames, placeOf, withoutComments } from "./source-text.ts";

/** An upstream in the `peers` of a service: `catalog: CatalogService`. */
export interface Peers extends CodePlace {
  readonly key: string;
  /** The full name of the service: `catalog.v1.CatalogService`. */
  readonly type: string;
}

/** A call of an upstream: `peers.catalog.getProduct(`. */
export interface PeerCall extends CodePlace {
  readonly key: string;
  /** The name of the method in TypeScript. */
  readonly method: string;
}

const lists = /\bpeers\s*[:=]\s*\{(?<list>[^{}]*)\}/dg;
const entry = /(?:(?<key>[\w$]+)\s*:\s*)?(?<name>[\w$]+(?:\.[\w$]+)?)\s*(?=,|$)/g;
const call = /\bpeers\s*\.\s*(?<key>[\w$]+)\s*\.\s*(?<method>[\w$]+)\s*\(/g;

/**
 * Finds the upstreams in the `peers` of services.
 *
 * @param names the full names of contracts, by module and export: `@mesh/contracts/orders/v1#OrderService`
 */
export function peersIn(source: string, names: ReadonlyMap<string, string>): Peers[] {
  const code = withoutComments(source);
  const locals = localNames(code);
  return [...code.matchAll(lists)].flatMap(({ groups, indices }) => {
    const start = indices?.groups?.list?.[0] ?? 0;
    return [...(groups?.list ?? "").matchAll(entry)].flatMap((match) => {
      const { name = "", key = name } = match.groups ?? {};
      const type = names.get(importedName(name, locals) ?? "");
      return type ? [{ key, type, ...placeOf(code, start + match.index) }] : [];
    });
  });
}

/** Finds the calls of upstreams. */
export function peerCallsIn(source: string): PeerCall[] {
  const code = withoutComments(source);
  return [...code.matchAll(call)].map((match) => {
    const { key = "", method = "" } = match.groups ?? {};
    return { key, method, ...placeOf(code, match.index) };
  });
}
