import { randomUUID } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import { InventoryError } from "@mesh/contracts/inventory/v1";
import { OrderStatus } from "@mesh/contracts/orders/v1";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openShop, orderOf, type Shop } from "../fixtures/shop.ts";

let shop: Shop;
const me = randomUUID();

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.[Symbol.asyncDispose]());
beforeEach(() => {
  shop.beforeReserve = () => {};
  shop.beforeRelease = () => {};
});

const place = (request: ReturnType<typeof orderOf>) => shop.as(me).placeOrder(request);
const newOrder = () => orderOf([{ productId: shop.sell(), quantity: 1 }]);
const attempts = async () => {
  const rows = await shop.query<{ id: string; late: number }>(
    "select order_id as id, extract(epoch from due_at - now())::float as late from order_attempts",
  );
  return new Map(rows.map(({ id, late }) => [id, late]));
};
/** Ends the time of an attempt, also of one that never was. */
const expire = (id: string) => {
  const due = "insert into order_attempts values ($1, now() - interval '1 s')";
  return shop.query(`${due} on conflict (order_id) do update set due_at = excluded.due_at`, [id]);
};
const isOver = (id: string) => vi.waitFor(async () => expect([...(await attempts()).keys()]).not.toContain(id), 5_000);

/** Places an order whose process is killed after the reservation. Returns its request and its id. */
async function abandon() {
  const request = newOrder();
  let id = "";
  shop.beforeReserve = async (orderId, items) => {
    id = orderId;
    shop.reserved.set(orderId, items);
    throw new MeshError({ code: "INTERNAL", message: "killed" });
  };
  await expect(place(request)).rejects.toMatchObject({ code: "INTERNAL" });
  shop.beforeReserve = () => {};
  return { request, id };
}

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe("an attempt to place an order", () => {
  it("is stored before stock is reserved, until after its deadline, and ends with the order", async () => {
    let during: ReadonlyMap<string, number> = new Map();
    shop.beforeReserve = async () => {
      during = await attempts();
    };
    const { order } = await shop.as(me).placeOrder(newOrder(), { timeoutMs: 5_000 });
    const late = during.get(order?.id ?? "") ?? 0;
    expect(late).toBeGreaterThan(1);
    expect(late).toBeLessThan(6.5);
    expect([...(await attempts()).keys()]).not.toContain(order?.id);
  });

  it("that ends without the order is undone after its deadline, and not before", async () => {
    const [first, second] = [await abandon(), await abandon()];
    await expire(second.id);
    await vi.waitFor(() => expect(shop.released).toContain(second.id), 5_000);
    await isOver(second.id);
    expect(shop.released).not.toContain(first.id);
    expect([...(await attempts()).keys()]).toContain(first.id);
    expect([...shop.reserved.keys()]).not.toContain(second.id);
  });

  it("continues with its reservation when it is repeated in time", async () => {
    const { request, id } = await abandon();
    const { order } = await place(request);
    expect(order?.id).toBe(id);
    expect([...(await attempts()).keys()]).not.toContain(id);
    expect(shop.released).not.toContain(id);
  });

  it("begins again after it was undone, and waits for that", async () => {
    const { request, id } = await abandon();
    const happened: string[] = [];
    const [releasing, mayGoOn] = [gate(), gate()];
    shop.beforeRelease = async () => {
      releasing.open();
      await mayGoOn.opened;
      happened.push("released");
    };
    shop.beforeReserve = () => void happened.push("reserved");
    await expire(id);
    await releasing.opened;
    const placed = place(request);
    const waiting = `select count(*)::int as count from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`;
    await vi
      .waitFor(async () => expect(await shop.query(waiting)).toEqual([{ count: 1 }]), 4_000)
      .finally(mayGoOn.open);
    expect((await placed).order?.id).toBe(id);
    expect(happened).toEqual(["released", "reserved"]);
    expect([...shop.reserved.keys()]).toContain(id);
  });

  it("that was undone before the order is stored stores nothing, and begins again", async () => {
    const stored: unknown[] = [];
    shop.beforeReserve = async (id, items) => {
      stored.push(await shop.query("select id from orders where id = $1", [id]));
      if (stored.length > 1) return;
      shop.reserved.set(id, items);
      await expire(id);
      await isOver(id);
    };
    const { order } = await place(newOrder());
    expect(stored).toEqual([[], []]);
    expect(shop.released).toContain(order?.id);
    expect([...shop.reserved.keys()]).toContain(order?.id);
  });

  it("that inventory rejects leaves nothing to undo", async () => {
    const request = newOrder();
    let id = "";
    shop.beforeReserve = (orderId) => {
      id = orderId;
      const [item] = request.items;
      throw InventoryError.outOfStock({ productId: item?.productId ?? "", requested: 1, available: 0n });
    };
    await expect(place(request)).rejects.toMatchObject({ reason: "OUT_OF_STOCK" });
    expect([...(await attempts()).keys()]).not.toContain(id);
  });

  it.each([
    ["pending", OrderStatus.ORDER_STATUS_PENDING, false],
    ["confirmed", OrderStatus.ORDER_STATUS_CONFIRMED, false],
    ["cancelled", OrderStatus.ORDER_STATUS_CANCELLED, true],
  ])("for an order that is %s", async (_, status, isReleased) => {
    const { order } = await place(newOrder());
    const id = order?.id ?? "";
    await shop.query("update orders set status = $2 where id = $1", [id, status]);
    await expire(id);
    await isOver(id);
    expect(shop.released.includes(id)).toBe(isReleased);
  });
});
