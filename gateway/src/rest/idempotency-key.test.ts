import { OrderError } from "@mesh/contracts/testing/orders/v1";
import { describe, expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { clientOf } from "../../fixtures/rest-client.ts";
import { idOf, orderOf, orderRequest } from "../../fixtures/services.ts";

const { idempotencyKey: _key, ...order } = orderRequest(1);

describe("an Idempotency-Key", () => {
  async function known(replacements = {}) {
    const { url } = await startMesh(replacements);
    const ask = clientOf(url);
    await ask("GET", "/v1/products");
    return ask;
  }

  it("sets the field by which repeated calls are recognized, quoted or bare", async () => {
    const ask = await known();
    for (const key of [`"${idOf(9)}"`, idOf(9)]) {
      const { status, json } = await ask("POST", "/v1/orders", order, { "idempotency-key": key });
      expect([status, json.id]).toEqual([200, idOf(9)]);
    }
  });

  it("may be in the body too, if it is the same", async () => {
    const ask = await known();
    const body = { ...order, idempotency_key: idOf(9) };
    expect((await ask("POST", "/v1/orders", body)).status).toBe(200);
    expect((await ask("POST", "/v1/orders", body, { "idempotency-key": idOf(9) })).status).toBe(200);
    const { status, json } = await ask("POST", "/v1/orders", body, { "idempotency-key": idOf(8) });
    expect([status, json.violations]).toMatchObject([400, [{ field: "idempotency_key" }]]);
  });

  it.each(["", '"', '"a" "b"', "a b", '"a", "b"', `"${"x".repeat(256)}"`])("%j is malformed", async (key) => {
    const ask = await known();
    const { status, json } = await ask("POST", "/v1/orders", order, { "idempotency-key": key });
    expect([status, json.violations]).toMatchObject([400, [{ field: "Idempotency-Key" }]]);
  });

  it("that was used for another request is 422", async () => {
    const placeOrder = async () => {
      throw OrderError.idempotencyConflict();
    };
    const ask = await known({ orders: { placeOrder } });
    const { status, json } = await ask("POST", "/v1/orders", order, { "idempotency-key": idOf(9) });
    expect([status, json]).toMatchObject([
      422,
      { type: "urn:mesh:error:orders.v1.OrderError:IDEMPOTENCY_CONFLICT", title: expect.stringContaining("key") },
    ]);
  });

  it("is ignored for a method that may be repeated anyway", async () => {
    const cancelOrder = async ({ id }: { id: string }) => ({ order: orderOf(id, idOf(1), idOf(2)) });
    const ask = await known({ orders: { cancelOrder } });
    for (const body of [undefined, {}, { id: idOf(3) }]) {
      const { status, json } = await ask("POST", `/v1/orders/${idOf(3)}:cancel`, body, { "idempotency-key": '"a"' });
      expect([status, json.id]).toEqual([200, idOf(3)]);
    }
    const other = await ask("POST", `/v1/orders/${idOf(3)}:cancel`, { id: idOf(4) });
    expect([other.status, other.json.violations]).toMatchObject([400, [{ field: "id" }]]);
  });
});
