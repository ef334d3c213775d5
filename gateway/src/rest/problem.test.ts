import { join } from "node:path";
import { generateFiles, writeGenerated } from "@mesh/codegen/testing";
import { asDeclared, type ErrorCatalogue, MeshError, type MetadataValue } from "@mesh/contracts";
import { OrderError, OrderService } from "@mesh/contracts/testing/orders/v1";
import { describe, expect, it, onTestFinished } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { clientOf } from "../../fixtures/rest-client.ts";
import { idOf, orderRequest } from "../../fixtures/services.ts";
import { problemOf } from "./problem.ts";

const scaleProto = `
syntax = "proto3";
package scale.v1;
import "mesh/v1/options.proto";
enum ScaleError {
  SCALE_ERROR_UNSPECIFIED = 0;
  SCALE_ERROR_UNEVEN = 1 [(mesh.v1.error) = {code: CODE_OUT_OF_RANGE, metadata: ["ratio:double", "count:int32"]}];
}
`;

interface ScaleCatalogue extends ErrorCatalogue {
  uneven(metadata: Readonly<Record<string, MetadataValue>>): MeshError;
}

const { placeOrder: method } = OrderService.methods;

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

  it("has numbers as numbers, and 64-bit integers as text", async () => {
    const placeOrder = async () => {
      throw OrderError.outOfStock({ productId: idOf(1), requested: 3, available: 2n ** 53n + 1n });
    };
    const { url } = await startMesh({ orders: { placeOrder } });
    const ask = clientOf(url);
    await ask("GET", "/v1/products");
    const { json } = await ask("POST", "/v1/orders", orderRequest(1));
    expect(json.metadata).toEqual({ productId: idOf(1), requested: 3, available: "9007199254740993" });
  });

  it("has doubles that are no JSON numbers as text", async () => {
    const { folder, dispose } = await writeGenerated(await generateFiles({ "scale/v1/scale.proto": scaleProto }));
    onTestFinished(dispose);
    const { ScaleError }: { ScaleError: ScaleCatalogue } = await import(join(folder, "scale/v1/index.js"));
    const found = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5].map((ratio) => {
      const { code, message, reason, domain, metadata } = ScaleError.uneven({ ratio, count: ratio });
      const texts = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
      const received = asDeclared(new MeshError({ code, message, reason, domain, metadata: texts }), ScaleError);
      return [
        metadata,
        received?.metadata,
        problemOf(received, method && { ...method, errors: ScaleError }).problem.metadata,
      ];
    });
    expect(found).toEqual([
      [
        { ratio: Number.NaN, count: 0 },
        { ratio: Number.NaN, count: 0 },
        { ratio: "NaN", count: 0 },
      ],
      [
        { ratio: Infinity, count: 0 },
        { ratio: Infinity, count: 0 },
        { ratio: "Infinity", count: 0 },
      ],
      [
        { ratio: -Infinity, count: 0 },
        { ratio: -Infinity, count: 0 },
        { ratio: "-Infinity", count: 0 },
      ],
      [
        { ratio: 1.5, count: 0 },
        { ratio: 1.5, count: 0 },
        { ratio: 1.5, count: 0 },
      ],
    ]);
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
