import { expect, test } from "vitest";
import { mentionsOf } from "./mention.ts";

const names = new Map([
  ["@mesh/contracts/sales/v1#OrderPlaced", "orders.v1.OrderPlaced"],
  ["@mesh/contracts/sales/v1#OrderService", "orders.v1.OrderService"],
]);
const imported = `import { OrderPlaced } from "@mesh/contracts/sales/v1";\n`;

test.each([
  ["a publication", `${imported}await tx.publish(OrderPlaced, {});`, ["publish orders.v1.OrderPlaced 2"]],
  [
    "a publication over two lines",
    `${imported}tx.publish(\n  OrderPlaced,\n  {},\n);`,
    ["publish orders.v1.OrderPlaced 2"],
  ],
  ["a consumer", `${imported}const all = [\n  on(OrderPlaced, handle),\n];`, ["on orders.v1.OrderPlaced 3"]],
  [
    "a renamed import",
    `import { OrderPlaced as Placed } from "@mesh/contracts/sales/v1";\non(Placed, f);`,
    ["on orders.v1.OrderPlaced 2"],
  ],
  [
    "a namespace",
    `import * as orders from "@mesh/contracts/sales/v1";\non(orders.OrderPlaced, f);`,
    ["on orders.v1.OrderPlaced 2"],
  ],
  [
    "an import over several lines",
    `import {\n  OrderPlaced,\n} from "@mesh/contracts/sales/v1";\non(OrderPlaced, f);`,
    ["on orders.v1.OrderPlaced 4"],
  ],
  ["a comment", `${imported}// on(OrderPlaced, f)\n/* tx.publish(OrderPlaced) */`, []],
  [
    "code after a string with slashes in it",
    `${imported}const url = "http://a"; on(OrderPlaced, f);`,
    ["on orders.v1.OrderPlaced 2"],
  ],
  ["the event of another package", `import { OrderPlaced } from "./own.ts";\non(OrderPlaced, f);`, []],
  ["a type only", `import type { OrderPlaced } from "@mesh/contracts/sales/v1";\non(OrderPlaced, f);`, []],
  ["another function with the same end of its name", `${imported}button(OrderPlaced); x.on(OrderPlaced);`, []],
  [
    "a router",
    `import { OrderService } from "@mesh/contracts/sales/v1";\nconst services = { orders: OrderService };`,
    ["key orders.v1.OrderService 2"],
  ],
])("finds mentions: %s", (_, source, expected) => {
  expect(mentionsOf(source, names).map(({ kind, type, line }) => `${kind} ${type} ${line}`)).toEqual(expected);
});
