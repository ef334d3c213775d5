import { expect, test } from "vitest";
import { advertisedAddress } from "./advertise.ts";

const machine = ["10.0.0.7", "2001:db8::1"];

test.each([
  ["the address that the process listens on", { host: "127.0.0.1", port: 7001 }, "127.0.0.1:7001"],
  ["the same of IPv6", { host: "::1", port: 7001 }, "[::1]:7001"],
  ["the machine's first address if it listens on all", { host: "0.0.0.0", port: 7001 }, "10.0.0.7:7001"],
  ["the same if it listens on all of IPv6", { host: "::", port: 7001 }, "10.0.0.7:7001"],
  ["another host", { host: "0.0.0.0", port: 7001, advertise: "orders.example" }, "orders.example:7001"],
  ["another host and port", { host: "0.0.0.0", port: 7001, advertise: "orders.example:80" }, "orders.example:80"],
  ["another host of IPv6", { host: "0.0.0.0", port: 7001, advertise: "[2001:db8::2]" }, "[2001:db8::2]:7001"],
])("a process registers %s", (_, reachable, address) => {
  expect(advertisedAddress(reachable, machine)).toBe(address);
});

test("a machine without a network reaches itself", () => {
  expect(advertisedAddress({ host: "0.0.0.0", port: 7001 }, [])).toBe("127.0.0.1:7001");
});

test("an address of IPv6 is registered in brackets if the machine has no other", () => {
  expect(advertisedAddress({ host: "::", port: 7001 }, ["2001:db8::1"])).toBe("[2001:db8::1]:7001");
});
