import { expect, test } from "vitest";
import { EchoService } from "../../fixtures/echo.ts";
import { MethodTelemetry } from "./method-telemetry.ts";

const { unary: method } = EchoService.methods;
if (!method) throw new Error("there is no method Unary");

test("the attributes of a call are the same object each time, which finds its histogram", () => {
  const telemetry = new MethodTelemetry(method, undefined);
  const attributes = telemetry.attributesOf("INTERNAL", "gateway");
  expect(attributes).toEqual({
    "rpc.method": "test.v1.EchoService/Unary",
    "rpc.status_code": "INTERNAL",
    "typemesh.caller": "gateway",
    "error.type": "INTERNAL",
  });
  expect(telemetry.attributesOf("INTERNAL", "gateway")).toBe(attributes);
  expect(telemetry.attributesOf("INTERNAL")).not.toHaveProperty("typemesh.caller");
});

test("however many callers there are, a method has at most 101 of them", () => {
  const telemetry = new MethodTelemetry(method, undefined);
  const callers = Array.from({ length: 1_000 }, (_, at) => `caller-${at}`);
  const seen = [...callers, ...callers].map((caller) => telemetry.attributesOf("OK", caller));
  expect(new Set(seen).size).toBe(101);
  expect(seen.at(-1)).toMatchObject({ "typemesh.caller": "_OTHER" });
  expect(telemetry.attributesOf("OK", "caller-7")).toBe(seen[7]);
});
