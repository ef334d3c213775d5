import type { ClientOf, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import { type ClientMiddleware, connect } from "@mesh/rpc";

export { type CallOptions, MeshError } from "@mesh/contracts";

/** Where a service is, and what is sent to it. */
export interface GrpcOptions {
  /** `host:port`; a name with several addresses is balanced over all of them. */
  readonly address: string;
  /** gRPC metadata of every call, asked for each time: keys are small letters. */
  readonly metadata?: () => Readonly<Record<string, string>>;
}

/** A service of the mesh. Its connection opens with the first call and heals by itself. */
export interface GrpcClient<T extends ServiceTypes> {
  /**
   * Its methods. Each takes `{ timeoutMs, signal }` too: a call has a deadline of 5 s (10 s if it changes something)
   * unless its contract or `timeoutMs` says less or more. They reject with a MeshError.
   */
  readonly client: ClientOf<T>;
  /** Resolves once it can be called. Rejects with MeshError UNAVAILABLE, saying why, where the signal aborts before. */
  ready(signal: AbortSignal): Promise<void>;
  /** Closes the connection; calls under way end with UNAVAILABLE. */
  close(): Promise<void>;
}

/** Connects to a service, which need not be there yet: `createGrpcClient(OrderService, { address })`. Node only. */
export function createGrpcClient<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  { address, metadata }: GrpcOptions,
): GrpcClient<T> {
  const { client, ready, close } = connect(definition, {
    address,
    // Outermost, so that none of these replaces the mesh's own.
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
