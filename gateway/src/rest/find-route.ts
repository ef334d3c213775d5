import type { Route } from "./routes.ts";

/** A route that matches a request, and the segments of the path as they were sent, still percent-encoded. */
export interface Match {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** The match of a request; without one, the HTTP methods that its path has, which are none if no route has the path. */
export type Found = { readonly match: Match } | { readonly match: undefined; readonly allowed: readonly string[] };

/** Finds the route of a request. `path`: without a query, percent-encoded. */
export type FindRoute = (httpMethod: string, path: string) => Found;

/** The routes of one path, by `verb` and then by HTTP method. */
type Leaf = Map<string, Map<string, Route>>;

interface Node {
  readonly literals: Map<string, Node>;
  /** The node after a segment of any text. */
  any: Node | undefined;
  /** Routes that end here. */
  readonly here: Leaf;
  /** Routes that take all following segments, or none. */
  readonly rest: Leaf;
}

/**
 * Builds a tree of the routes' segments. Precedence: a literal segment before `*` before `**`; a verb before a last
 * segment that contains a `:`; a named HTTP method before `*`.
 */
export function routeFinder(routes: readonly Route[]): FindRoute {
  const root = emptyNode();
  for (const route of routes) insert(root, route);
  return (httpMethod, path) => {
    const allowed = new Set<string>();
    for (const { segments, verb } of readings(path)) {
      for (const leaf of leaves(root, segments, 0)) {
        const route = pick(leaf.get(verb), httpMethod, allowed);
        if (route) return { match: { route, segments } };
      }
    }
    return { match: undefined, allowed: [...allowed] };
  };
}

function emptyNode(): Node {
  return { literals: new Map(), any: undefined, here: new Map(), rest: new Map() };
}

function insert(root: Node, route: Route): void {
  const { segments, verb, method } = route.http;
  let node = root;
  for (const segment of segments) {
    if (segment === "**") break;
    node = child(node, segment);
  }
  const leaf = segments.at(-1) === "**" ? node.rest : node.here;
  const ofVerb = leaf.get(verb) ?? new Map<string, Route>();
  leaf.set(verb, ofVerb.set(method, route));
}

function child(node: Node, segment: string): Node {
  if (segment === "*") {
    node.any ??= emptyNode();
    return node.any;
  }
  const known = node.literals.get(segment) ?? emptyNode();
  node.literals.set(segment, known);
  return known;
}

/** Yields the two ways to read a path whose last segment has a `:`. */
function* readings(path: string): Iterable<{ segments: string[]; verb: string }> {
  const segments = path.slice(1).split("/");
  const last = segments.at(-1) ?? "";
  const colon = last.lastIndexOf(":");
  if (colon > 0) yield { segments: [...segments.slice(0, -1), last.slice(0, colon)], verb: last.slice(colon + 1) };
  yield { segments, verb: "" };
}

/** Yields the leaves that match a path, by precedence. Visits each node at most once, however long the path is. */
function* leaves(node: Node, segments: readonly string[], index: number): Iterable<Leaf> {
  const segment = segments[index];
  if (segment === undefined) yield node.here;
  const literal = segment === undefined ? undefined : literalOf(node, segment);
  if (literal) yield* leaves(literal, segments, index + 1);
  // A variable is never empty: `/v1/orders/` is not an order with an empty id.
  if (node.any && segment) yield* leaves(node.any, segments, index + 1);
  yield node.rest;
}

/** A client may encode what need not be encoded: `%40me` is the segment `@me`. Source: RFC 3986, 2.4 */
function literalOf({ literals }: Node, segment: string): Node | undefined {
  if (literals.size === 0 || !segment.includes("%")) return literals.get(segment);
  try {
    return literals.get(decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}

/** GET routes also serve HEAD, unless HEAD has a route of its own. */
function pick(routes: Map<string, Route> | undefined, httpMethod: string, allowed: Set<string>): Route | undefined {
  if (!routes) return undefined;
  for (const method of routes.keys()) {
    for (const each of method === "GET" ? ["GET", "HEAD"] : [method]) allowed.add(each);
  }
  return routes.get(httpMethod) ?? (httpMethod === "HEAD" ? routes.get("GET") : undefined) ?? routes.get("*");
}
