import type { ProductInput } from "@mesh/contracts/catalog/v1";
import { randomUuid } from "@mesh/contracts/client";
import { shelfBySlug } from "../categories.ts";

/** The most products of a file. Source: `products` of StartImportRequest in the contract. */
const maxProducts = 200;

const columns = ["name", "category", "price"] as const;

/**
 * Reads products from a file of comma-separated values, whose first line names the columns `name`, `category` (as in addresses),
 * `price` (in euros), and if they like, `description` and `id`. Returns a text if the file has none, for the person who chose it.
 */
export function readProducts(text: string): ProductInput[] | string {
  const [head = [], ...rows] = rowsOf(text);
  const names = head.map((name) => name.trim().toLowerCase());
  const missing = columns.find((column) => !names.includes(column));
  if (missing) return `The first line must name the columns name, category and price: ${missing} is missing.`;
  if (rows.length === 0) return "The file has no products.";
  if (rows.length > maxProducts) return `The file has ${rows.length} products. ${maxProducts} are the most.`;
  const products: ProductInput[] = [];
  for (const [index, row] of rows.entries()) {
    const product = productOf((column) => row[names.indexOf(column)]?.trim() ?? "");
    if (typeof product === "string") return `Line ${index + 2}: ${product}`;
    products.push(product);
  }
  return products;
}

function productOf(cell: (column: string) => string): ProductInput | string {
  const shelf = shelfBySlug(cell("category").toLowerCase());
  if (!shelf) return `there is no category “${cell("category")}”.`;
  if (cell("name") === "") return "the name is missing.";
  const [, whole = "", part = ""] = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(cell("price")) ?? [];
  if (whole === "") return `“${cell("price")}” is no price, such as 12.50.`;
  const price = { minorUnits: BigInt(whole) * 100n + BigInt(part.padEnd(2, "0")), currency: "EUR" };
  const id = cell("id") || randomUuid();
  return { id, name: cell("name"), description: cell("description"), category: shelf.category, price };
}

/** Splits text into cells, by RFC 4180. Empty lines are left out. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end = ""] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.some((cell) => cell.trim() !== ""));
}
