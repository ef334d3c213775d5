import { expect, test } from "vitest";
import { placeOf } from "./stream-place.ts";

test.each([
  ["of older servers", "$JS.ACK.test_v1.reader.1.7.3.1764495600000000000.42"],
  ["with a domain and an account", "$JS.ACK._.ACC.test_v1.reader.1.7.3.1764495600000000000.42"],
  ["with a token at the end", "$JS.ACK.hub.ACC.test_v1.reader.1.7.3.1764495600000000000.42.x1"],
])("the place of a message is in a reply subject %s", (_, reply) => {
  expect(placeOf(reply)).toEqual({ sequence: 7, delivered: 3, pending: 42 });
});

test.each(["", "_INBOX.a.b", "$JS.ACK.test_v1.reader", "$JS.FC.test_v1.reader.1.7.3.1764495600000000000.42"])(
  "%j has no place",
  (reply) => {
    expect(placeOf(reply)).toBeUndefined();
  },
);
