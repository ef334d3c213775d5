import type { Route } from "./routes.ts";

/** A route that a request is for, and the segments of its path as they were sent, still percent-encoded. */
export interface Match {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Where a request leads; without a match, the HTTP methods that its path has; none: there is no such path. */
export type Found = { readonly match: Match } | { readonly match: undefined; readonly allowed: readonly string[] };

/** Finds the route of a request. `path`: without a query, percent-encoded. */
export type FindRoute = (httpMethod: string, path: string) => Found;

/** The routes of one path, by `verb` and then by HTTP method. */
type Leaf = Map<string, Map<string, Route>>;

interface Node {
  readonly literals: Map<string, Node>;
  /** What follows a segment of any text. */
  any: Node | undefined;
  /** Routes that end here. */
  readonly here: Leaf;
  /** Routes that take all the segments that follow, or none. */
  readonly rest: Leaf;
}

/**
 * Builds a tree of the routes' segments. A literal segment comes before `*`, and that before `**`; a verb before a path
 * whose last segment has a `:` in it; an HTTP method of its own before `*`.
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

/** The two ways to read a path whose last segment has a `:`. */
function* readings(path: string): Iterable<{ segments: string[]; verb: string }> {
  const segments = path.slice(1).split("/");
  const last = segments.at(-1) ?? "";
  const colon = last.lastIndexOf(":");
  if (colon > 0) yield { segments: [...segments.slice(0, -1), last.slice(0, colon)], verb: last.slice(colon + 1) };
  yield { segments, verb: "" };
}

/** What a path may end at, the closest first. Each node is visited once at most: a path costs no more than the tree. */
function* leaves(node: Node, segments: readonly string[], index: number): Iterable<Leaf> {
  const segment = segments[index];
  if (segment === undefined) yield node.here;
  const literal = segment === undefined ? undefined : node.literals.get(segment);
  if (literal) yield* leaves(literal, segments, index + 1);
  // A variable is never empty: `/v1/orders/` is not the order without an id.
  if (node.any && segment) yield* leaves(node.any, segments, index + 1);
  yield node.rest;
}

/** HEAD is answered as GET is, unless a route is for it. */
function pick(routes: Map<string, Route> | undefined, httpMethod: string, allowed: Set<string>): Route | undefined {
  if (!routes) return undefined;
  for (const method of routes.keys()) {
    for (const each of method === "GET" ? ["GET", "HEAD"] : [method]) allowed.add(each);
  }
  return routes.get(httpMethod) ?? (httpMethod === "HEAD" ? routes.get("GET") : undefined) ?? routes.get("*");
}
