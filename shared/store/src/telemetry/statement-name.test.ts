import { expect, test } from "vitest";
import { statementName } from "./statement-name.ts";

test.each([
  ['select "id" from "orders" where "id" = $1 for update skip locked', "SELECT orders"],
  [
    'select 1 from "shop"."orders" o join order_lines l on true for no key update of "orders"',
    "SELECT orders order_lines",
  ],
  ['insert into "orders" ("id") values ($1) on conflict ("id") do update set "name" = $2', "INSERT orders"],
  ['update "orders" set "name" = $1', "UPDATE orders"],
  ["with due as (update tasks set at = now() returning id) select id from due", "WITH tasks due"],
  ["delete from only outbox where payload = 'from secrets'", "DELETE outbox"],
  ["select extract(epoch from now() - created_at) from outbox", "SELECT outbox"],
  ["select * from generate_series(1, 10)", "SELECT"],
  ["explain select 1", "_OTHER"],
])("the name of %s has its tables, and nothing else of it", (text, summary) => {
  expect(statementName(text).summary).toBe(summary);
});

test("statements with lists of other lengths have one name, also when many have been named", () => {
  const insert = (rows: number) => {
    const list = Array.from({ length: rows }, (_, row) => `($${row + 1})`).join(", ");
    return statementName(`insert into products (id) values ${list}`);
  };
  const first = insert(1);
  for (let rows = 2; rows < 1_200; rows++) expect(insert(rows)).toBe(first);
  expect(statementName("select 1 from inventory").summary).toBe("SELECT inventory");
});

test("statements beyond the bound share the name of their operation", () => {
  for (let number = 0; number < 1_100; number++) statementName(`select 1 from numbered_${number}`);
  const name = statementName("select 1 from beyond");
  expect(name.summary).toBe("SELECT");
  expect(statementName("select 1 from far_beyond")).toBe(name);
});
