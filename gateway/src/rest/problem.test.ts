import { MeshError } from "@mesh/contracts";
import { describe, expect, it } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { clientOf } from "../../fixtures/rest-client.ts";
import { idOf } from "../../fixtures/services.ts";

describe("an error", () => {
  it("of the contract is a problem with its reason, its metadata and its title", async () => {
    const { url } = await startMesh();
    const { status, json } = await clientOf(url)("GET", `/v1/products/${idOf(404)}`);
    expect(status).toBe(404);
    expect(json).toEqual({
      type: "urn:mesh:error:catalog.v1.CatalogError:PRODUCT_NOT_FOUND",
      title: "No product has this id.",
      status: 404,
      detail: "No product has this id.",
      code: "NOT_FOUND",
      reason: "PRODUCT_NOT_FOUND",
      domain: "catalog.v1.CatalogError",
      metadata: { productId: idOf(404) },
    });
  });

  it("with a time to wait has it in the header too", async () => {
    const getOrder = async () => {
      throw new MeshError({ code: "RESOURCE_EXHAUSTED", message: "too much", retryAfterMs: 1_200 });
    };
    const { url } = await startMesh({ orders: { getOrder } });
    const { status, headers } = await clientOf(url)("GET", `/v1/orders/${idOf(1)}`);
    expect([status, headers.get("retry-after")]).toEqual([429, "2"]);
  });

  it("that is not declared has only an id, which the log has too", async () => {
    const { log, lines } = capturedLog();
    const getOrder = async () => {
      throw new Error("password hunter2");
    };
    const { url } = await startMesh({ orders: { getOrder } }, { log });
    const { status, text, json } = await clientOf(url)("GET", `/v1/orders/${idOf(1)}`);
    expect([status, text.includes("hunter2")]).toEqual([500, false]);
    const id = /^urn:mesh:incident:([\w-]{12,64})$/.exec(json.instance)?.[1];
    expect(json).toEqual({
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      detail: `internal error (id ${id})`,
      instance: json.instance,
      code: "INTERNAL",
    });
    expect(lines).toContainEqual(expect.objectContaining({ errorId: id, path: "orders.getOrder" }));
  });

  it("has the status of its code", async () => {
    const codes = { FAILED_PRECONDITION: 400, ABORTED: 409, UNAVAILABLE: 503, PERMISSION_DENIED: 403 } as const;
    for (const [code, status] of Object.entries(codes)) {
      const getOrder = async () => {
        throw new MeshError({ code: code as keyof typeof codes, message: "no" });
      };
      const { url } = await startMesh({ orders: { getOrder } });
      expect((await clientOf(url)("GET", `/v1/orders/${idOf(1)}`)).status).toBe(status);
    }
  });
});
