import type { ClientOf, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import { type ClientMiddleware, connect, createIdentity } from "@mesh/rpc";

export { type CallOptions, MeshError } from "@mesh/contracts";

/** The options of a gRPC client. */
export interface GrpcOptions {
  /** `host:port`. Calls are balanced over all addresses of the host. */
  readonly address: string;
  /**
   * A certificate of the mesh, its key, and the authorities of the mesh, each as PEM. The service must have its own name in
   * its certificate. Default: none, calls are not encrypted.
   */
  readonly credentials?: { readonly cert: string; readonly key: string; readonly ca: string };
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
 * import { readFile } from "node:fs/promises";
 *
 * const read = (name: string) => readFile(`/var/run/tls/${name}`, "utf8");
 * const credentials = { cert: await read("tls.crt"), key: await read("tls.key"), ca: await read("ca.crt") };
 * const { client, close } = createGrpcClient(OrderService, { address: "orders.internal:50051", credentials });
 * await client.getOrder({ id: "6fa459ea-ee8a-4ca4-894e-db77e160355e" }, { timeoutMs: 1_000 });
 * await close();
 * ```
 */
export function createGrpcClient<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  { address, credentials, metadata }: GrpcOptions,
): GrpcClient<T> {
  const { client, ready, close } = connect(definition, {
    address,
    ...(credentials && { credentials: createIdentity(credentials) }),
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
