import { MeshError, type MethodDefinition } from "@mesh/contracts";
import type { Transport } from "../client/transport.ts";
import { asUnsent } from "../error-origin.ts";
import { retryLaterMs } from "../retry-later.ts";
import type { Route } from "../server/incoming-stream.ts";
import { LocalTransport } from "./local-transport.ts";

/**
 * The services of this process, for its own clients: their calls stay in memory. `serve` opens it.
 *
 * @example
 * ```ts
 * import { PaymentError, PaymentService } from "@mesh/contracts/payments/v1";
 * import { connect, implement, LocalServices, serve } from "@mesh/rpc";
 * import { createLogger } from "@mesh/runtime";
 *
 * const unknown = async ({ orderId }: { orderId: string }) => {
 *   throw PaymentError.paymentNotFound({ orderId });
 * };
 * const local = new LocalServices(["payments"]);
 * const log = createLogger({ name: "payments", level: "silent" });
 * const services = [implement(PaymentService, { getPayment: unknown, refundPayment: unknown })];
 * const server = await serve({ services, log, local });
 * const payments = connect(PaymentService, { address: server.address, local: { services: local, caller: "orders" } });
 * await payments.close();
 * await server.close();
 * ```
 */
export class LocalServices {
  readonly #names: ReadonlySet<string>;
  #routes: ReadonlyMap<string, Route<unknown>> | undefined;
  #accepts: "none yet" | "all" | "unary calls" | "no more" = "none yet";

  /** @param names the names of the services in the mesh */
  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  /** Returns whether a service is one of this process. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Lets calls begin. Before, they are UNAVAILABLE. */
  open(routes: ReadonlyMap<string, Route<unknown>>): void {
    this.#routes = routes;
    this.#accepts = "all";
  }

  /**
   * Lets fewer calls begin: no streams, because they may have no end, or none at all. Unary calls begin until then, for the handlers that
   * still run.
   */
  close(which: "streams" | "all"): void {
    this.#accepts = which === "all" ? "no more" : "unary calls";
  }

  /** Returns the way to a service of this process; undefined: it is elsewhere. @param caller the service that calls */
  transportTo(upstream: string, caller: string): Transport | undefined {
    if (!this.#names.has(upstream)) return undefined;
    return new LocalTransport({ upstream, caller, routeTo: (method) => this.#routeTo(method, upstream) });
  }

  #routeTo({ path, kind }: MethodDefinition, upstream: string): Route<unknown> {
    if (this.#accepts !== "all" && !(this.#accepts === "unary calls" && kind === "unary")) {
      const message = `${upstream} is ${this.#accepts === "none yet" ? "starting" : "closing"}`;
      throw asUnsent(new MeshError({ code: "UNAVAILABLE", message, retryAfterMs: retryLaterMs }));
    }
    const route = this.#routes?.get(path);
    if (!route) throw new MeshError({ code: "UNIMPLEMENTED", message: `${upstream} has no method ${path.slice(1)}` });
    return route;
  }
}
