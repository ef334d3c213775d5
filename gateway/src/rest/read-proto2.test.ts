import { describe, expect, it } from "vitest";
import { openKinds } from "../../fixtures/kinds.ts";

const { read, refusal, routeOf } = await openKinds();
const whole = routeOf({ body: "*" });

describe("a message of proto2", () => {
  const route = routeOf({ body: "*" }, "old.v1.Old");

  it("is read with its groups and extensions", () => {
    const body = { name: "a", older: { name: "b" }, part: [{ size: 1 }], "[old.v1.extra]": "c" };
    expect(read({ route, body })).toEqual(body);
  });

  it("has an Any of an unknown type also in its extensions", () => {
    const any = { "@type": "type.googleapis.com/other.v1.Unknown", "@value": "CAE=" };
    const known = { "@type": "type.googleapis.com/old.v1.Old", name: "b", "[old.v1.packed]": any };
    const body = { name: "a", "[old.v1.packed]": any, "[old.v1.all]": [any, known], "[old.v1.next]": known };
    const { "@type": _, ...next } = known;
    expect(read({ route, body: { ...body, "[old.v1.next]": next } })).toEqual({ ...body, "[old.v1.next]": next });
  });

  it("is rejected with the name of the extension that is wrong", () => {
    const wrong = { "@type": "type.googleapis.com/other.v1.Unknown", small: 1 };
    const body = { name: "a", "[old.v1.extra]": 1, "[old.v1.all]": [wrong], "[old.v1.next]": { count: 1 } };
    expect(refusal({ route, body })).toEqual({
      "[old.v1.extra]": "must be a string",
      "[old.v1.all][0]": expect.stringContaining("of a message of the contracts"),
      "[old.v1.next]": "is not a valid extension of Old",
    });
    expect(refusal({ route, body: { name: "a", "[old.v1.none]": 1 } })).toEqual({
      "[old.v1.none]": "is not a field of Old",
    });
  });

  it("is rejected if a required field is missing, at any depth", () => {
    const missing = "is required";
    expect(refusal({ route, body: { count: 1 } })).toEqual({ name: missing });
    expect(refusal({ route, body: { name: "a", others: [{ name: "b" }, {}], older: {}, part: [{}] } })).toEqual({
      "older.name": missing,
      "others[1].name": missing,
      "part[0].size": missing,
    });
    expect(refusal({ route, body: { name: 1, "[old.v1.extra]": "c" } })).toEqual({ name: "must be a string" });
  });
});

describe("an Any of a message of proto2", () => {
  const type = { "@type": "type.googleapis.com/old.v1.Old" };

  it("is read if it has the required fields", () => {
    const body = { any: { ...type, name: "a", older: { name: "b" } } };
    expect(read({ route: whole, body })).toEqual(body);
  });

  it("is rejected if a required field is missing, also in an Any", () => {
    const body = { any: { ...type, name: "a", others: [{}] } };
    expect(refusal({ route: whole, body })).toEqual({ "any.others[0].name": "is required" });
    const packed = { any: { "@type": "type.googleapis.com/kinds.v1.All", any: { ...type, count: 1 } } };
    expect(refusal({ route: whole, body: packed })).toEqual({ "any.any.name": "is required" });
  });
});
