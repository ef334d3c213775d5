import { describe, expect, it } from "vitest";
import { openKinds } from "../../fixtures/kinds.ts";

const { read, refusal } = await openKinds();

describe("a query", () => {
  it.each([
    ["yes=true&text=", { yes: true }],
    ["yes=false", {}],
    [
      "small=-5&large=9223372036854775807&unsigned=18446744073709551615",
      {
        small: -5,
        large: "9223372036854775807",
        unsigned: "18446744073709551615",
      },
    ],
    ["real=1.5e3&single=0.5", { real: 1500, single: 0.5 }],
    ["real=NaN&single=-Infinity", { real: "NaN", single: "-Infinity" }],
    ["text=a%20b%2Bc+d", { text: "a b+c d" }],
    ["raw=-_8%3D", { raw: "+/8=" }],
    ["raw=%2B/8", { raw: "+/8=" }],
    ["raw=+/+/", { raw: "+/+/" }],
    ["maybe_raw=+/+/&text=+/+/", { maybeRaw: "+/+/", text: " / /" }],
    ["small=1e3", { small: 1000 }],
    ["&&small=5&", { small: 5 }],
    ["colour=COLOUR_RED", { colour: "COLOUR_RED" }],
    ["colour=1", { colour: "COLOUR_RED" }],
    ["colour=7", { colour: 7 }],
    ["colours=1&colours=COLOUR_RED", { colours: ["COLOUR_RED", "COLOUR_RED"] }],
    ["many=1&many=2&many=1", { many: ["1", "2", "1"] }],
    ["at=2026-01-31T12:00:00.123456789%2B01:00", { at: "2026-01-31T11:00:00.123456789Z" }],
    ["wait=1.5s", { wait: "1.500s" }],
    ["mask=text,snake_case_name,inner.snakeCaseName", { mask: "text,snakeCaseName,inner.snakeCaseName" }],
    ["maybe=false&maybe_large=0&maybeRaw=AQ", { maybe: false, maybeLarge: "0", maybeRaw: "AQ==" }],
    ["inner.small=1&inner.inner.text=a", { inner: { small: 1, inner: { text: "a" } } }],
    ["inner.inner.at=1969-12-31T23:59:59Z", { inner: { inner: { at: "1969-12-31T23:59:59Z" } } }],
    ["given=", { given: "" }],
    ["one_number=0", { oneNumber: 0 }],
    ["Odd-Name=a&snakeCaseName=b", { "Odd-Name": "a", snakeCaseName: "b" }],
  ])("%s is read", (query, expected) => {
    expect(read({ query })).toEqual(expected);
  });

  it.each([
    ["yes=1", { yes: "must be true or false" }],
    ["small=1.5", { small: "must be a number of type int32" }],
    ["small=", { small: "must be a number of type int32" }],
    ["small=2147483648", { small: "must be a number of type int32" }],
    ["large=9223372036854775808", { large: "must be an int64, in quotes if it is beyond 2^53" }],
    ["raw=%25", { raw: "must be bytes in base64" }],
    ["raw=%20/%20/", { raw: "must be bytes in base64" }],
    ["small=0b11", { small: "must be a number of type int32" }],
    ["small=0o17", { small: "must be a number of type int32" }],
    ["small=+5", { small: "must be a number of type int32" }],
    ["small=05", { small: "must be a number of type int32" }],
    ["large=0x10", { large: "must be an int64, in quotes if it is beyond 2^53" }],
    ["real=0x1", { real: "must be a number of type double" }],
    ["colour=01", { colour: "must be a value of Colour, by name or number" }],
    ["many=1&many=0x1", { "many[1]": "must be an int64, in quotes if it is beyond 2^53" }],
    ["at=2026-02-30T00:00:00Z", { at: 'must be a time such as "2026-01-31T12:00:00Z"' }],
    ["at=2026-01-31T24:00:00Z", { at: 'must be a time such as "2026-01-31T12:00:00Z"' }],
    ["mask=unit__price", { mask: 'must be field names such as "name,unitPrice"' }],
    ["mask=unit_1", { mask: 'must be field names such as "name,unitPrice"' }],
    ["wait=1sx", { wait: 'must be a duration such as "1.5s"' }],
    ["colour=RED", { colour: "must be a value of Colour, by name or number" }],
    ["colours=1&colours=RED", { "colours[1]": "must be a value of Colour, by name or number" }],
    ["at=today", { at: 'must be a time such as "2026-01-31T12:00:00Z"' }],
    ["wait=5", { wait: 'must be a duration such as "1.5s"' }],
    [
      "inner.small=a&inner.inner.yes=2",
      { "inner.small": "must be a number of type int32", "inner.inner.yes": "must be true or false" },
    ],
    ["inner=a", { inner: expect.stringContaining("is a message") }],
    ["inners.text=a", { "inners.text": expect.stringContaining("is not a field") }],
    ["text=a&text=b", { text: "is set more than once" }],
    ["many[]=1", { "many[]": "is not a field of All that a query can set: write many, once for each item" }],
    ["many%5B0%5D=1", { "many[0]": "is not a field of All that a query can set: write many, once for each item" }],
    [
      "counts[a]=1",
      { "counts[a]": "is not a field of All that a query can set: counts is a map, which only a body can set" },
    ],
    ["inner[small]=1", { "inner[small]": "is not a field of All that a query can set: write inner.small" }],
    [
      "inner[inner][text]=a",
      { "inner[inner][text]": "is not a field of All that a query can set: write inner.inner.text" },
    ],
    ["free[a]=1&free.a=1", { "free[a]": expect.any(String), "free.a": expect.any(String) }],
    ["nope[]=1", { "nope[]": "is not a field of All that a query can set" }],
    ["<b>[a]=1", { "": "is not a field of All that a query can set" }],
    ["counts=1", { counts: "is a map, which only a body can set" }],
    ["free=a", { free: "is JSON of any form, which only a body can set" }],
    ["inners=a", { inners: "is a list of messages, which only a body can set" }],
    ["text.x=a", { "text.x": expect.stringContaining("is not a field") }],
    ["__proto__.x=1&constructor=1", { "__proto__.x": expect.any(String), constructor: expect.any(String) }],
    ["one_text=a&one_number=1", { one_number: "is set besides another field of one" }],
    [
      `${"inner.".repeat(100)}small=1`,
      { [`${"inner.".repeat(99)}inner`]: "must not be deeper than 100 messages in each other" },
    ],
  ])("%s is rejected", (query, expected) => {
    expect(refusal({ query })).toEqual(expected);
  });

  it("with unknown parameters is read if these are ignored", () => {
    expect(read({ query: "nope=1&text.x=2&small=3", ignoreUnknown: true })).toEqual({ small: 3 });
  });
});
