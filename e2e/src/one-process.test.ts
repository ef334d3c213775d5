import { OrderStatus } from "@mesh/contracts/orders/v1";
import { PaymentService } from "@mesh/contracts/payments/v1";
import { connect } from "@mesh/rpc";
import { startMesh } from "@mesh/testing";
import { expect, test } from "vitest";
import { createShopper, orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

/** What `npm run mono` takes, and the processes that result. */
const layouts: [groups: string[], processes: string[]][] = [
  [[], ["mono"]],
  [
    ["catalog+inventory", "orders+gateway"],
    ["catalog+inventory", "orders+gateway", "payments"],
  ],
];

test.each(layouts)(
  "the services run as the processes %j %j, and an order goes through all of them",
  async (groups, processes) => {
    const mesh = await startMesh({ groups, env: { LOG_LEVEL: "debug" } });
    try {
      expect(Object.keys(mesh.apps)).toEqual(processes);
      const shopper = createShopper(mesh.gatewayUrl);
      const productId = await putOnSale(mesh, "Desk", 5n);
      const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 2 }]));
      const id = order?.id ?? "";
      const statusOf = async () => (await shopper.orders.getOrder.query({ id })).order?.status;
      await expect.poll(statusOf).toBe(OrderStatus.ORDER_STATUS_CONFIRMED);
      expect((await shopper.inventory.getStock.query({ productId })).stock?.available).toBe(3n);

      // A caller that the contract does not list is rejected, in memory and over the network.
      const other = createShopper(mesh.gatewayUrl);
      await expect(other.orders.getOrder.query({ id })).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
      const payments = connect(PaymentService, { address: mesh.addressOf("payments"), credentials: mesh.credentials });
      expect((await payments.client.getPayment({ orderId: id })).payment?.orderId).toBe(id);
      await payments.close();
      const placed = callsIn(mesh, "orders.v1.OrderService/PlaceOrder");
      expect(placed).toMatchObject([{ caller: "gateway", peer: "this process", code: "OK" }]);
    } finally {
      await mesh.close();
    }
  },
);

/** The lines of the log about the calls of a method. */
function callsIn({ apps }: Awaited<ReturnType<typeof startMesh>>, method: string) {
  const lines = Object.values(apps).flatMap((app) => app.output().split("\n"));
  const all = lines
    .filter((line) => line.startsWith("{"))
    .map((line): { msg?: string; method?: string } => JSON.parse(line));
  return all.filter((line) => line.msg === "call" && line.method === method);
}
