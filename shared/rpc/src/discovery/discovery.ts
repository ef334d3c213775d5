/** A process that serves a service. */
export interface Replica {
  /** Identifies the process. A process that restarts may have another id at the same address. */
  readonly id: string;
  /** `host:port`. */
  readonly address: string;
  /** The version of the program, for logs. */
  readonly version?: string;
}

/**
 * Finds the replicas of services: a subscription, not a lookup at the start.
 *
 * @example
 * ```ts
 * import type { Discovery, Replica } from "@mesh/rpc";
 *
 * // A registry in this process.
 * const replicas: readonly Replica[] = [{ id: "orders-1", address: "127.0.0.1:7001" }];
 * const registry: Discovery = {
 *   watch(name, onChange) {
 *     onChange(name === "orders" ? replicas : []);
 *     return () => {};
 *   },
 * };
 * ```
 */
export interface Discovery {
  /**
   * Calls `onChange` with all known replicas of a service: now, if they are known, and after each change, until the
   * returned function is called. A discovery that loses its source does not call: the replicas stay known.
   *
   * @param name the name of the service in the mesh (`orders`)
   */
  watch(name: string, onChange: (replicas: readonly Replica[]) => void): () => void;
}
