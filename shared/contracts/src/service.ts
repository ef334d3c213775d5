import type { HeaderValue, ResponseHeaders } from "./call-headers.ts";
import type { ErrorCatalogue } from "./error.ts";
import type { EventAddress, FeedDefinition } from "./event.ts";
import type { MethodDownload, MethodUpload } from "./file.ts";
import type { MessageType } from "./message.ts";
import type { MethodOwner } from "./owner.ts";

/** The direction of streaming. */
export type MethodKind = "unary" | "server_streaming" | "client_streaming" | "bidi_streaming";

/** The standard `idempotency_level` of a method; `no_side_effects` makes it a query. */
export type Idempotency = "unknown" | "idempotent" | "no_side_effects";

/** A method, as its contract declares it. */
export interface MethodDefinition {
  /** As in the .proto: `PlaceOrder`. */
  readonly name: string;
  /** The HTTP/2 path: `/orders.v1.OrderService/PlaceOrder`. */
  readonly path: string;
  readonly kind: MethodKind;
  readonly input: MessageType<unknown>;
  readonly output: MessageType<unknown>;
  readonly idempotency: Idempotency;
  /** The most time a call may take; undefined: the default of its kind. */
  readonly deadlineMs: number | undefined;
  /** The options of the gateway; undefined: the method is not exposed. */
  readonly gateway: MethodGateway | undefined;
  /** The names of the processes that may call it. `*` is every service, but not the gateway, whose name is `gateway`. */
  readonly callers: readonly string[];
  /** The reasons of its errors; undefined: none declared. */
  readonly errors: ErrorCatalogue | undefined;
  /** The fields by which a stream of responses goes on in another call; absent: it can't. */
  readonly resume?: MethodResume;
  /** How subscribers with the same request share a stream of responses; absent: they do not. */
  readonly share?: MethodShare;
  /** The fields by which requests or responses belong to a customer; absent: the handler decides who may access what. */
  readonly owner?: MethodOwner;
  /** Whether calls that are equal may be sent once; default: no. */
  readonly coalesce?: boolean;
  /** How the gateway keeps responses; absent: it does not. */
  readonly cache?: MethodCache;
  /** The routes over plain HTTP, the preferred one first; none: only tRPC. */
  readonly http: readonly HttpRoute[];
}

/** How the gateway exposes a method. */
export interface MethodGateway {
  /** The scopes that callers must hold. */
  readonly scopes: readonly string[];
  /** How often callers may call it; absent: as often as they like. */
  readonly rateLimit?: RateLimit;
  /** How clients send a file to it; absent: its requests are messages. */
  readonly upload?: MethodUpload;
  /** How clients get a file from it; absent: its responses are messages. */
  readonly download?: MethodDownload;
}

/** How often callers may call a method at the gateway. All windows apply. */
export interface RateLimit {
  readonly perUser: readonly Rate[];
  readonly perAddress: readonly Rate[];
}

/** The most calls in a window of time, which begins with the first of them. */
export interface Rate {
  readonly count: number;
  readonly seconds: number;
}

/** How a stream of responses goes on: the request is sent again, with the value of a field of the last response. */
export interface MethodResume {
  /** The field of the request, by its name in TypeScript: `afterStep`. */
  readonly request: string;
  /** The path to the field of the response: `["step", "number"]`. */
  readonly response: readonly string[];
}

/** How the gateway keeps the responses of a method. */
export interface MethodCache {
  /** The longest that a response is kept, in milliseconds. */
  readonly ttlMs: number;
  /** Whether a response is kept for the user that it was made for. */
  readonly perUser: boolean;
  /** The events after which no response is kept that was made before. */
  readonly invalidatedBy: readonly EventAddress[];
}

/** How subscribers share a stream of responses. */
export interface MethodShare {
  /** The path to the field whose value says what a response replaces: `["stock", "productId"]`. Empty: the one before. */
  readonly key: readonly string[];
}

/** A route that google.api.http gives a method. Source of how it is read: google/api/http.proto. */
export interface HttpRoute {
  /** `GET`; `*`: any that no other route has for the path. */
  readonly method: string;
  /** As in the contract: `/v1/orders/{id}:cancel`. */
  readonly path: string;
  /** The segments of the path: literal texts, `*` for any one, `**` at the end for all that follow. */
  readonly segments: readonly string[];
  /** The part after the last `:`, such as `cancel`; empty: none. */
  readonly verb: string;
  readonly variables: readonly HttpVariable[];
  /** The field of the request that the body fills; `*`: all that the path does not fill; empty: there is no body. */
  readonly body: string;
  /** The field of the response that is returned; empty: the whole response. */
  readonly responseBody: string;
  /** The field of the request that the header Idempotency-Key fills; empty: none. */
  readonly idempotencyKey: string;
}

/** A part of a path that fills a field of the request. */
export interface HttpVariable {
  /** The field, in the .proto's names: `id`, `product.id`. */
  readonly field: string;
  /** Its first segment. */
  readonly start: number;
  /** The index after its last segment; if that segment is `**`, it takes all that follow. */
  readonly end: number;
}

/**
 * The types of a service. `handlers` depends on `context`, which the implementation of the service chooses: `HandlersOf`
 * fills it in.
 */
export interface ServiceTypes {
  readonly context: unknown;
  readonly handlers: object;
  readonly client: object;
  /** The tRPC procedures of the methods that are exposed. */
  readonly procedures: object;
}

/** A service, as its contract declares it; `methods` by their name in TypeScript (`placeOrder`). */
export interface ServiceDefinition<T extends ServiceTypes = ServiceTypes> {
  /** The full protobuf name: `orders.v1.OrderService`. */
  readonly typeName: string;
  /** The name in the mesh, by which its address is found: `orders`, `acme.orders`. */
  readonly name: string;
  /** The name for streams, durable consumers and databases: `acme_orders`. */
  readonly slug: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
  /** The feeds of its events, by the name of the procedure: `onOrderConfirmed`. Absent: there are none. */
  readonly feeds?: Readonly<Record<string, FeedDefinition>>;
  /** Holds the types; there is no such property at run time. */
  readonly types?: T;
}

/** The functions that implement a service, each called with a context of type C. */
export type HandlersOf<T extends ServiceTypes, C> = (T & { readonly context: C })["handlers"];

/** The functions that call a service. */
export type ClientOf<T extends ServiceTypes> = T["client"];

/** The names of a service. The generator decides them, see `proto/mesh/v1/options.proto`. */
export type ServiceNames = Pick<ServiceDefinition, "name" | "slug">;

/** Defines a service. Generated code calls it. */
export function defineService<T extends ServiceTypes>(
  typeName: string,
  { name, slug }: ServiceNames,
  methods: Record<string, Omit<MethodDefinition, "path">>,
  feeds?: Record<string, FeedDefinition>,
): ServiceDefinition<T> {
  const entries = Object.entries(methods).map(([localName, method]) => {
    return [localName, { ...method, path: `/${typeName}/${method.name}` }] as const;
  });
  return { typeName, name, slug, methods: Object.fromEntries(entries), ...(feeds && { feeds }) };
}

/** The options of one call. */
export interface CallOptions {
  /** Ends the call early. */
  readonly signal?: AbortSignal;
  /** The most time this call may take, limited to the time that the caller itself has left. */
  readonly timeoutMs?: number;
  /** Headers to send, with names in small letters. The server rejects more than 16 KiB of all headers. */
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  /**
   * Gets the headers of the response before its first message. Not called if the server sends only trailers. It must be
   * synchronous: what it throws ends the call, and a promise that it returns is ignored.
   */
  readonly onHeaders?: (headers: ResponseHeaders) => void;
  /**
   * Gets the trailers when the server ends the call, well or with an error. Not called if the caller, the deadline or a lost
   * connection ends it. It must be synchronous, like `onHeaders`.
   */
  readonly onTrailers?: (trailers: ResponseHeaders) => void;
}
