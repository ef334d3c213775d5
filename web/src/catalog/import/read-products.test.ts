import { Category } from "@mesh/contracts/catalog/v1";
import { expect, it } from "vitest";
import { readProducts } from "./read-products.ts";

it("reads products with quoted cells, whatever the line ends", () => {
  const text = 'Name,category,PRICE,description\r\n"Lamp, blue",home,12.5,"It says ""on""."\r\n\r\nBall,toys,3,';
  expect(readProducts(text)).toMatchObject([
    {
      name: "Lamp, blue",
      description: 'It says "on".',
      category: Category.CATEGORY_HOME,
      price: { minorUnits: 1250n, currency: "EUR" },
    },
    { name: "Ball", description: "", category: Category.CATEGORY_TOYS, price: { minorUnits: 300n, currency: "EUR" } },
  ]);
});

it("keeps an id, and makes one for a product without", () => {
  const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
  const [first, second] = readProducts(`id,name,category,price\n${id},A,toys,1\n,B,toys,1`) as { id: string }[];
  expect([first?.id, second?.id]).toEqual([id, expect.stringMatching(/^[\da-f-]{36}$/)]);
});

it.each([
  ["name,price\nA,1", "category is missing"],
  ["name,category,price", "The file has no products."],
  [`name,category,price\n${"A,toys,1\n".repeat(201)}`, "The file has 201 products. 200 are the most."],
  ["name,category,price\nA,toys,1\nB,cars,1", "Line 3: there is no category “cars”."],
  ["name,category,price\n,toys,1", "Line 2: the name is missing."],
  ["name,category,price\nA,toys,1.234", "Line 2: “1.234” is no price"],
])("says what is wrong with %j", (text, problem) => expect(readProducts(text)).toContain(problem));
