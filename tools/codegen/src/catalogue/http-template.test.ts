import { describe, expect, test } from "vitest";
import { RouteError } from "./http-error.ts";
import { parseTemplate } from "./http-template.ts";

describe("a path template", () => {
  test.each([
    ["/v1/orders", ["v1", "orders"], "", []],
    ["/v1/orders:search", ["v1", "orders"], "search", []],
    ["/v1/orders/{id}", ["v1", "orders", "*"], "", [{ field: "id", start: 2, end: 3 }]],
    ["/v1/orders/{order.id}:cancel", ["v1", "orders", "*"], "cancel", [{ field: "order.id", start: 2, end: 3 }]],
    ["/v1/{name=shelves/*/books/*}", ["v1", "shelves", "*", "books", "*"], "", [{ field: "name", start: 1, end: 5 }]],
    ["/v1/{name=files/**}:read", ["v1", "files", "**"], "read", [{ field: "name", start: 1, end: 3 }]],
    [
      "/v1/{a}/*/{b=x/*}",
      ["v1", "*", "*", "x", "*"],
      "",
      [
        { field: "a", start: 1, end: 2 },
        { field: "b", start: 3, end: 5 },
      ],
    ],
    ["/**", ["**"], "", []],
    ["/v1/a.b~c-d_e", ["v1", "a.b~c-d_e"], "", []],
  ])("%s is parsed", (template, segments, verb, variables) => {
    expect(parseTemplate(template)).toEqual({ segments, verb, variables });
  });

  test.each([
    ["", 'the path "" must begin with a /: add one at the start'],
    ["v1/orders", 'the path "v1/orders" must begin with a /'],
    ["/", "a segment is empty"],
    ["/v1//orders", "a segment is empty"],
    ["/v1/orders/", "a segment is empty"],
    ["/v1/**/orders", "** takes the rest of a path: it must be last"],
    ["/v1/{name=**}/orders", "** takes the rest of a path: it must be last"],
    ["/v1/orders:", '"" is not a verb'],
    ["/v1/{id}:a:b", 'a path has one verb, got ":a:b": write it without a : inside'],
    ["/v1/{id}::", 'a path has one verb, got "::"'],
    ["/v1/orders:can cel", '"can cel" is not a verb'],
    ["/v1/{}", '"" in {} is not a field'],
    ["/v1/{9a}", '"9a" in {9a} is not a field'],
    ["/v1/{a..b}", '"a..b" in {a..b} is not a field'],
    ["/v1/{a", '"{a" is not a variable'],
    ["/v1/{a}b", '"{a}b" is not a variable'],
    ["/v1/{a=}", "a segment is empty"],
    ["/v1/{a={b}}", "is not a variable"],
    ["/v1/a}", 'a}" is not a segment'],
    ["/v1/a*", '"a*" is not a segment'],
    ["/v1/a?b", '"a?b" is not a segment'],
    ["/v1/a:b/c", '"a:b" is not a segment'],
    ["/v1/%41", '"%41" is not a segment'],
  ])("%s is rejected", (template, problem) => {
    const parse = () => parseTemplate(template);
    expect(parse).toThrow(RouteError);
    expect(parse).toThrow(problem);
  });
});
