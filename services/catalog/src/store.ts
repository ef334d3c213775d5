import type { Category, Product } from "@mesh/contracts/catalog/v1";
import { canonical, type Database, type Transaction } from "@mesh/service";
import { and, asc, count, eq, inArray, type SQL, sql } from "drizzle-orm";
import { priceOf, wordsOf } from "./domain.ts";
import * as schema from "./schema.ts";

export type Db = Database<typeof schema>;
export type Tx = Transaction<typeof schema>;
type ProductRow = Omit<typeof schema.products.$inferSelect, "words">;
type NewRow = ProductRow & { readonly words: SQL };
const { products } = schema;
const columns = {
  id: products.id,
  name: products.name,
  description: products.description,
  category: products.category,
  currency: products.currency,
  priceMinorUnits: products.priceMinorUnits,
  revision: products.revision,
  createdAt: products.createdAt,
  updatedAt: products.updatedAt,
};

/** What products are looked for; empty words and category 0 match all. */
export interface Search {
  readonly words: string;
  readonly category: Category;
}

/** Where a page goes on: behind this product. */
export interface Cursor {
  readonly name: string;
  readonly id: string;
}

/** The products that match, by name. */
export async function searchProducts(db: Db, search: Search, limit: number, after?: Cursor): Promise<Product[]> {
  // Compared as a row, the index leads straight to the place.
  const behind = after && sql`(${products.name}, ${products.id}) > (${after.name}, ${after.id})`;
  const rows = await db
    .select(columns)
    .from(products)
    .where(and(matches(search), behind))
    .orderBy(asc(products.name), asc(products.id))
    .limit(limit);
  return rows.map(productOf);
}

/** How many products match. */
export async function countProducts(db: Db, search: Search): Promise<bigint> {
  const [row] = await db.select({ count: count() }).from(products).where(matches(search));
  return BigInt(row?.count ?? 0);
}

function matches({ words, category }: Search): SQL | undefined {
  // Each word may be the beginning of one. Words hold no character that means something to a tsquery.
  const prefixes = wordsOf(words).map((word) => `'${word}':*`);
  const query = prefixes.length > 0 ? sql`${products.words} @@ ${prefixes.join(" & ")}::tsquery` : undefined;
  return and(query, category ? eq(products.category, category) : undefined);
}

/** Finds products in the order of their ids; those that do not exist are left out. */
export async function findProducts(db: Db | Tx, ids: readonly string[]): Promise<Product[]> {
  const rows = await db
    .select(columns)
    .from(products)
    .where(inArray(products.id, [...ids]));
  const byId = new Map(rows.map((row) => [row.id, productOf(row)]));
  return ids.flatMap((id) => byId.get(canonical(id)) ?? []);
}

/** The same for one product, kept from change until the transaction ends. */
export async function lockProduct(tx: Tx, id: string): Promise<Product | undefined> {
  const [row] = await tx.select(columns).from(products).where(eq(products.id, id)).for("update");
  return row && productOf(row);
}

/** Adds a product; false: its id is taken. */
export async function insertProduct(tx: Tx, product: Product): Promise<boolean> {
  const inserted = await tx
    .insert(products)
    .values(rowOf(product))
    .onConflictDoNothing()
    .returning({ id: products.id });
  return inserted.length > 0;
}

/** Stores a product in place of the one with its id. */
export async function updateProduct(tx: Tx, product: Product): Promise<void> {
  await tx.update(products).set(rowOf(product)).where(eq(products.id, product.id));
}

/** Removes a product; false: there was none. */
export async function deleteProduct(tx: Tx, id: string): Promise<boolean> {
  const deleted = await tx.delete(products).where(eq(products.id, id)).returning({ id: products.id });
  return deleted.length > 0;
}

/** Adds or overwrites products; those that are there as they are stay untouched. Answers with what changed. */
export async function upsertProducts(tx: Tx, list: readonly Product[]): Promise<Product[]> {
  // In one sequence, so that parts with the same products do not wait for each other in a ring. Imports whose parts cross
  // can: PostgreSQL then ends one of them, whose caller gets ABORTED and may try again.
  const sorted = [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rows = await tx
    .insert(products)
    .values(sorted.map(rowOf))
    .onConflictDoUpdate({
      target: products.id,
      set: {
        name: sql`excluded.name`,
        description: sql`excluded.description`,
        category: sql`excluded.category`,
        currency: sql`excluded.currency`,
        priceMinorUnits: sql`excluded.price_minor_units`,
        revision: sql`${products.revision} + 1`,
        updatedAt: sql`excluded.updated_at`,
        words: sql`excluded.words`,
      },
      setWhere: sql`(${products.name}, ${products.description}, ${products.category}, ${products.currency}, ${products.priceMinorUnits})
        is distinct from (excluded.name, excluded.description, excluded.category, excluded.currency, excluded.price_minor_units)`,
    })
    .returning(columns);
  return rows.map(productOf);
}

function rowOf(product: Product): NewRow {
  const { id, name, description, category, revision, createdAt = new Date(), updatedAt = createdAt } = product;
  const { currency, minorUnits: priceMinorUnits } = priceOf(product);
  const words = sql`array_to_tsvector(string_to_array(${wordsOf(`${name} ${description}`).join(" ")}, ' '))`;
  return { id, name, description, category, currency, priceMinorUnits, revision, createdAt, updatedAt, words };
}

function productOf({ currency, priceMinorUnits: minorUnits, ...rest }: ProductRow): Product {
  return { ...rest, price: { currency, minorUnits } };
}
