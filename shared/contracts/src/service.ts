import type { ErrorCatalogue } from "./error.ts";
import type { MessageType } from "./message.ts";

/** How many messages go each way. */
export type MethodKind = "unary" | "server_streaming" | "client_streaming" | "bidi_streaming";

/** The standard `idempotency_level` of a method; `no_side_effects` makes it a query. */
export type Idempotency = "unknown" | "idempotent" | "no_side_effects";

/** What a contract says of one method. */
export interface MethodDefinition {
  /** As in the .proto: `PlaceOrder`. */
  readonly name: string;
  /** The HTTP/2 path: `/orders.v1.OrderService/PlaceOrder`. */
  readonly path: string;
  readonly kind: MethodKind;
  readonly input: MessageType<unknown>;
  readonly output: MessageType<unknown>;
  readonly idempotency: Idempotency;
  /** The longest a call may take; undefined: the default of its kind. */
  readonly deadlineMs: number | undefined;
  /** How the gateway exposes it; undefined: it does not. */
  readonly gateway: { readonly scopes: readonly string[] } | undefined;
  /** The reasons it may answer with; undefined: none declared. */
  readonly errors: ErrorCatalogue | undefined;
}

/**
 * The types a service is known by. `handlers` depends on `context`, which whoever implements the service chooses:
 * `HandlersOf` fills it in.
 */
export interface ServiceTypes {
  readonly context: unknown;
  readonly handlers: object;
  readonly client: object;
  /** The tRPC procedures of the methods that are exposed. */
  readonly procedures: object;
}

/** What a contract says of one service; `methods` by their name in TypeScript (`placeOrder`). */
export interface ServiceDefinition<T extends ServiceTypes = ServiceTypes> {
  /** The full protobuf name: `orders.v1.OrderService`. */
  readonly typeName: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
  /** Holds the types; there is no such property at run time. */
  readonly types?: T;
}

/** The functions that implement a service, each called with a context of type C. */
export type HandlersOf<T extends ServiceTypes, C> = (T & { readonly context: C })["handlers"];

/** The functions that call a service. */
export type ClientOf<T extends ServiceTypes> = T["client"];

/** Called by generated code. */
export function defineService<T extends ServiceTypes>(
  typeName: string,
  methods: Record<string, Omit<MethodDefinition, "path">>,
): ServiceDefinition<T> {
  const entries = Object.entries(methods).map(([localName, method]) => {
    return [localName, { ...method, path: `/${typeName}/${method.name}` }] as const;
  });
  return { typeName, methods: Object.fromEntries(entries) };
}

/** The name a service goes by in the mesh: the first word of its package (`orders`). */
export function peerName(service: ServiceDefinition): string {
  return service.typeName.split(".", 1)[0] as string;
}

/** What a caller can say of one call. */
export interface CallOptions {
  /** Ends the call early. */
  readonly signal?: AbortSignal;
  /** The longest this call may take; more than the caller itself has left counts as that. */
  readonly timeoutMs?: number;
}
