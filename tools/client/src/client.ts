import { type MeshLinkOptions, meshLinks } from "@mesh/contracts/client";
import type { AppRouter } from "@mesh/gateway";
import { createTRPCClient, type TRPCClient } from "@trpc/client";

/** A typed client for all procedures of the gateway: `client.orders.getOrder.query({ id })`. */
export type Client = TRPCClient<AppRouter>;

/** The options of a client. */
export type ClientOptions = MeshLinkOptions;

/**
 * Creates a client. Its calls have a timeout, are repeated after errors that may pass, and every mutation has an Idempotency-Key. A
 * call takes `{ signal, context: { timeoutMs, idempotencyKey } }` as a second argument.
 *
 * @example
 * ```ts no-run
 * import { createClient, isError, items } from "@mesh/client";
 *
 * const client = createClient({ url: "https://shop.example/trpc", timeoutMs: 3_000, retries: 5 });
 * for await (const order of items(client.orders.listOrders.query, { pageSize: 50 })) {
 *   await client.orders.cancelOrder.mutate({ id: order.id }).catch((error: unknown) => {
 *     if (!isError(error, "NOT_CANCELLABLE")) throw error;
 *   });
 * }
 * ```
 */
export function createClient(options: ClientOptions = {}): Client {
  return createTRPCClient<AppRouter>({ links: meshLinks(options) });
}
