import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { addressOf } from "./address.ts";

it.each([
  [0, undefined, "10.0.0.1"],
  [0, "6.6.6.6", "10.0.0.1"],
  [1, "6.6.6.6, 203.0.113.7", "203.0.113.7"],
  [2, "6.6.6.6, 203.0.113.7,10.0.0.2", "203.0.113.7"],
  [2, "203.0.113.7", "10.0.0.1"],
  [1, undefined, "10.0.0.1"],
  [1, "203.0.113.7:51234", "203.0.113.7"],
  [1, "[2001:db8::7]:51234", "2001:db8::7"],
  [1, "2001:db8::7", "2001:db8::7"],
])("behind %d proxies that send %s, a client's address is %s", (proxies, forwarded, address) => {
  const request = { headers: { "x-forwarded-for": forwarded }, socket: { remoteAddress: "10.0.0.1" } };
  expect(addressOf(request as unknown as IncomingMessage, proxies)).toBe(address);
});
