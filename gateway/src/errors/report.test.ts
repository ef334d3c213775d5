import { type ErrorCatalogue, MeshError } from "@mesh/contracts";
import { CatalogError, CatalogService } from "@mesh/contracts/testing/catalog/v1";
import { connect } from "@mesh/rpc";
import { recordedLog } from "@mesh/testing/service";
import { TRPCError } from "@trpc/server";
import { expect, onTestFinished, test } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf } from "../../fixtures/services.ts";
import { errorShape } from "./error-shape.ts";
import { reportError } from "./report.ts";

const call = { path: "catalog.getProduct", traceId: "1".repeat(32) };

/** Logs errors of procedures that declare some errors, and returns the lines. */
function linesOf(causes: readonly unknown[], declared: readonly ErrorCatalogue[] = [CatalogError]) {
  const { log, logged } = recordedLog();
  for (const cause of causes) {
    const error = new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause });
    errorShape(error, declared, call.path);
    reportError(log, error, call);
  }
  return logged;
}

test("a declared error is logged with its reason, at debug level if the caller made a mistake", () => {
  const lines = linesOf([CatalogError.productNotFound({ productId: idOf(1) })]);
  const attributes = { ...call, code: "NOT_FOUND", reason: "PRODUCT_NOT_FOUND" };
  expect(lines).toMatchObject([{ level: 20, ...attributes, msg: "a call was rejected" }]);
  expect(JSON.stringify(lines)).not.toContain(idOf(1));
});

test("an error that the procedure does not declare is logged with the reason that it has", () => {
  const error = new MeshError({ code: "NOT_FOUND", message: "gone", reason: "GONE", domain: "shop.v1.ShopError" });
  const err = expect.objectContaining({ message: "gone" });
  expect(linesOf([error])).toMatchObject([
    { level: 50, ...call, err, errorId: expect.any(String), undeclared: "shop.v1.ShopError GONE" },
  ]);
  expect(linesOf([new TypeError("gone")])[0]).not.toHaveProperty("undeclared");
});

test("an error of a service is logged with its reason, and without its text, which the service has logged", async () => {
  const getProduct = () => Promise.reject(CatalogError.productNotFound({ productId: idOf(1) }, { message: "hunter2" }));
  const { servers } = await startMesh({ catalog: { getProduct } });
  const upstream = connect(CatalogService, { address: servers.catalog.address });
  onTestFinished(() => upstream.close());
  const error = await upstream.client.getProduct({ id: idOf(1) }).catch((reason: unknown) => reason);
  const lines = linesOf([error], []);
  expect(lines).toMatchObject([{ level: 20, ...call, reason: "PRODUCT_NOT_FOUND", msg: "a call was rejected" }]);
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});

test("equal failures of services are one line, and those with another code are another", () => {
  const failure = (code: "UNAVAILABLE" | "DEADLINE_EXCEEDED") => new MeshError({ code, message: "no connection" });
  const lines = linesOf([failure("UNAVAILABLE"), failure("UNAVAILABLE"), failure("DEADLINE_EXCEEDED")]);
  expect(lines).toMatchObject([
    { level: 40, code: "SERVICE_UNAVAILABLE", message: "no connection", msg: "a call failed" },
    { level: 40, code: "GATEWAY_TIMEOUT" },
  ]);
});

test("the text that a client may not see is logged as the cause", () => {
  const cause = new Error("connect ECONNREFUSED 10.0.0.7");
  const lines = linesOf([new MeshError({ code: "UNAVAILABLE", message: "no connection", cause })]);
  expect(lines).toMatchObject([{ message: "no connection", cause: "connect ECONNREFUSED 10.0.0.7" }]);
});
