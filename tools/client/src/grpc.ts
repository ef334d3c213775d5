import type { ClientOf, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import { type ClientMiddleware, connect } from "@mesh/rpc";

export { type CallOptions, MeshError } from "@mesh/contracts";

/** The options of a gRPC client. */
export interface GrpcOptions {
  /** `host:port`. Calls are balanced over all addresses of the host. */
  readonly address: string;
  /** Returns the gRPC metadata of a call, with keys in lowercase. Called for each call. */
  readonly metadata?: () => Readonly<Record<string, string>>;
}

/** A connection to a service. It opens with the first call and reconnects automatically. */
export interface GrpcClient<T extends ServiceTypes> {
  /**
   * The methods of the service. Each takes `{ timeoutMs, signal }` as a second argument. The default deadline is that of
   * the contract, or else 5 s for queries and 10 s for other methods. Calls reject with a MeshError.
   */
  readonly client: ClientOf<T>;
  /** Resolves when the service is reachable. Rejects with MeshError UNAVAILABLE and the reason if the signal aborts first. */
  ready(signal: AbortSignal): Promise<void>;
  /** Closes the connection. Running calls end with UNAVAILABLE. */
  close(): Promise<void>;
}

/**
 * Creates a gRPC client for a service, which may start later. Node only.
 *
 * @example
 * ```ts no-run
 * import { createGrpcClient } from "@mesh/client/grpc";
 * import { OrderService } from "@mesh/contracts/orders/v1";
 *
 * const { client, close } = createGrpcClient(OrderService, { address: "orders.internal:50051" });
 * await client.getOrder({ id: "6fa459ea-ee8a-4ca4-894e-db77e160355e" }, { timeoutMs: 1_000 });
 * await close();
 * ```
 */
export function createGrpcClient<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  { address, metadata }: GrpcOptions,
): GrpcClient<T> {
  const { client, ready, close } = connect(definition, {
    address,
    // Runs first, so that headers of the mesh replace these.
    ...(metadata && { middleware: (defaults) => [withMetadata(metadata), ...defaults] }),
  });
  return { client, ready, close };
}

function withMetadata(metadata: () => Readonly<Record<string, string>>): ClientMiddleware {
  return async function addMetadata(call, next) {
    Object.assign(call.headers, metadata());
    return next();
  };
}
