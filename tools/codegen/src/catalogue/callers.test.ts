import { createFileRegistry } from "@bufbuild/protobuf";
import { beforeAll, expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import { callersOf, isCaller } from "./callers.ts";
import { MeshOptions } from "./options.ts";

const source = `syntax = "proto3";
package shop.v1;
import "mesh/v1/options.proto";
message Ask {}
service Open {
  rpc Default(Ask) returns (Ask);
  rpc Exposed(Ask) returns (Ask) { option (mesh.v1.method) = {gateway: {public: true}}; }
  rpc Own(Ask) returns (Ask) { option (mesh.v1.method) = {callers: "orders"}; }
  rpc OwnExposed(Ask) returns (Ask) { option (mesh.v1.method) = {gateway: {public: true} callers: "orders"}; }
  rpc ByHand(Ask) returns (Ask) { option (mesh.v1.method) = {callers: ["*", "gateway"]}; }
}
service Closed {
  option (mesh.v1.service) = {name: "closed" callers: ["orders", "payments"]};
  rpc Default(Ask) returns (Ask);
  rpc Exposed(Ask) returns (Ask) { option (mesh.v1.method) = {gateway: {public: true}}; }
  rpc Own(Ask) returns (Ask) { option (mesh.v1.method) = {callers: "catalog"}; }
  rpc All(Ask) returns (Ask) { option (mesh.v1.method) = {callers: "*"}; }
}
`;

let callers: Record<string, string[]>;
beforeAll(async () => {
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": source }));
  const options = new MeshOptions(registry);
  const methods = ["Open", "Closed"].flatMap((name) => registry.getService(`shop.v1.${name}`)?.methods ?? []);
  callers = Object.fromEntries(methods.map((one) => [`${one.parent.name}.${one.name}`, callersOf(one, options)]));
});

test("the list of a method replaces that of its service, and the gateway may call what is exposed", () => {
  expect(callers).toEqual({
    "Open.Default": ["*"],
    "Open.Exposed": ["*", "gateway"],
    "Open.Own": ["orders"],
    "Open.OwnExposed": ["orders", "gateway"],
    "Open.ByHand": ["*", "gateway"],
    "Closed.Default": ["orders", "payments"],
    "Closed.Exposed": ["orders", "payments", "gateway"],
    "Closed.Own": ["catalog"],
    "Closed.All": ["*"],
  });
});

test("every service is not the gateway", () => {
  expect(isCaller("orders", ["*"])).toBe(true);
  expect(isCaller("gateway", ["*"])).toBe(false);
  expect(isCaller("gateway", ["*", "gateway"])).toBe(true);
  expect(isCaller("orders", ["payments"])).toBe(false);
});
