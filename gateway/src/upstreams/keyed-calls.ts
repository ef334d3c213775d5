import { createHash } from "node:crypto";
import { formatPrincipal, MeshError, type MethodDefinition } from "@mesh/contracts";
import type { CallMethod, PeerDefinitions, Upstream } from "@mesh/rpc";
import type { Scope } from "@mesh/runtime";
import { type CallKey, keyOf } from "../calls/keyed-scope.ts";
import { type KeyedResults, keyConflict } from "../state/keyed-results.ts";

type Methods = Pick<Upstream, "method">;

/** The header of a call by which its service recognizes that it is repeated, and the trailer by which it says so. */
const keyHeader = "idempotency-key";
const statusTrailer = "idempotency-status";

/** Time for a call to end after its deadline, in milliseconds. */
const leaseGraceMs = 5_000;

/** The names of the services that commit the results of keys themselves, as their responses say. */
type Keepers = Set<string>;

/**
 * Makes mutations whose scope has a key take effect once. A service with a store commits the result in its own transaction. The
 * result of another service is kept by the gateway. Whether a service does so is known from its responses; before the first one,
 * both do.
 *
 * A method whose request has a field for the key does this itself.
 */
export function keyCalls(
  services: PeerDefinitions,
  upstreams: Readonly<Record<string, Methods>>,
  results: KeyedResults,
): Readonly<Record<string, Methods>> {
  const keepers: Keepers = new Set();
  const keyed = Object.entries(services).flatMap(([name, { methods }]) => {
    const upstream = upstreams[name];
    if (!upstream) return [];
    const method = (key: string): CallMethod => {
      const [definition, call] = [methods[key], upstream.method(key)];
      return definition && takesKey(definition) ? keyedCall({ name, definition, call, keepers, results }) : call;
    };
    return [[name, { method }] as const];
  });
  return Object.fromEntries(keyed);
}

function takesKey({ kind, idempotency, http }: MethodDefinition): boolean {
  const hasField = http.some((route) => route.idempotencyKey !== "");
  return kind === "unary" && idempotency !== "no_side_effects" && !hasField;
}

interface KeyedMethod {
  /** The name of the service. */
  readonly name: string;
  readonly definition: MethodDefinition;
  readonly call: CallMethod;
  readonly keepers: Keepers;
  readonly results: KeyedResults;
}

function keyedCall(method: KeyedMethod): CallMethod {
  const { name, definition, call, keepers, results } = method;

  async function send(scope: Scope, { key, onReplay }: CallKey, input: unknown): Promise<unknown> {
    let status: unknown;
    const headers = { [keyHeader]: key };
    const onTrailers = (trailers: { get(name: string): unknown }) => {
      status = trailers.get(statusTrailer);
    };
    try {
      const response = await call(scope, input, { headers, onTrailers });
      if (status === undefined) keepers.delete(name);
      if (status === "replayed") onReplay();
      return response;
    } catch (error) {
      throw status === "conflict" ? keyConflict() : error;
    } finally {
      if (status !== undefined) keepers.add(name);
    }
  }

  return async (scope, input, options) => {
    const given = scope && keyOf(scope);
    if (!given) return call(scope, input, options);
    if (keepers.has(name)) return send(scope, given, input);
    const requestHash = hashOf(definition.input.encode(input));
    const id = hashOf(JSON.stringify([ownerOf(scope), definition.path, given.key]));
    const leaseMs = scope.deadline - Date.now() + leaseGraceMs;
    const work = async () => definition.output.encode(await send(scope, given, input));
    const { response, isReplayed } = await results.run({ id, requestHash, leaseMs }, work);
    if (isReplayed) given.onReplay();
    return definition.output.decode(response);
  };
}

function ownerOf({ principal }: Scope): string {
  if (principal) return formatPrincipal(principal);
  throw new MeshError({ code: "UNAUTHENTICATED", message: "a call with an Idempotency-Key needs a caller" });
}

function hashOf(value: string | Uint8Array): string {
  return createHash("sha256").update(value).digest("base64url");
}
