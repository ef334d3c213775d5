// The client process: makes calls at a rate, whatever happens to them, or some at a time.
import { OrderService } from "@mesh/contracts/orders/v1";
import { connect, staticDiscovery } from "@mesh/rpc";
import { answer, options } from "../mesh/child.mjs";
import { order } from "../peers/messages.mjs";
import { Load } from "./load.mjs";

let placeOrder;

answer({
  connect(addresses) {
    const address = staticDiscovery({ [OrderService.name]: [addresses].flat() });
    const { client } = connect(OrderService, { address, mux: options.mux });
    placeOrder = (request, more) => client.placeOrder(request, { timeoutMs: 20_000, ...more });
  },
  /** Keeps `inFlight` calls open. */
  closed: async ({ inFlight, seconds }) => {
    const load = new Load(placeOrder);
    const endsAt = performance.now() + seconds * 1_000;
    const work = async () => {
      while (performance.now() < endsAt) await load.make(order);
    };
    await Promise.all(Array.from({ length: inFlight }, work));
    return load.result(seconds);
  },
  /** Begins `rate` calls a second. */
  open: async ({ rate, seconds }) => {
    const load = new Load(placeOrder);
    const startedAt = performance.now();
    const calls = [];
    for (let begun = 0; begun < rate * seconds; ) {
      const due = Math.min(rate * seconds, ((performance.now() - startedAt) * rate) / 1_000);
      for (; begun < due; begun++) calls.push(load.make(order));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(calls);
    return load.result(seconds);
  },
  /** Begins calls that stay open. */
  hold: (calls) => {
    for (let begun = 0; begun < calls; begun++) placeOrder({ ...order, email: "hold@example.com" }).catch(() => {});
  },
});
process.send({ result: "ready" });
