import type { Category, Product, ProductImage } from "@mesh/contracts/catalog/v1";
import { canonical } from "@mesh/service";
import { statement } from "@mesh/store";
import { and, asc, count, eq, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.ts";
import { priceOf, wordsOf } from "./domain.ts";
import { findImages, imageOf } from "./images/store.ts";
import * as schema from "./schema.ts";

type ProductRow = Omit<typeof schema.products.$inferSelect, "words">;
type NewRow = ProductRow & { readonly words: SQL };
const { products, productImages: images } = schema;
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

/** A search for products. Empty words and category 0 match all products. */
export interface Search {
  readonly words: string;
  readonly category: Category;
}

/** The product after which a page continues. */
export interface Cursor {
  readonly name: string;
  readonly id: string;
}

/** Returns the matching products in order of their names. */
export async function searchProducts(db: Db, search: Search, limit: number, after?: Cursor): Promise<Product[]> {
  // Comparing rows lets PostgreSQL start in the index at the right entry.
  const behind = after && sql`(${products.name}, ${products.id}) > (${after.name}, ${after.id})`;
  const rows = await db
    .select(columns)
    .from(products)
    .where(and(matches(search), behind))
    .orderBy(asc(products.name), asc(products.id))
    .limit(limit);
  return productsOf(db, rows);
}

/** Counts the matching products. */
export async function countProducts(db: Db, search: Search): Promise<bigint> {
  const [row] = await db.select({ count: count() }).from(products).where(matches(search));
  return BigInt(row?.count ?? 0);
}

function matches({ words, category }: Search): SQL | undefined {
  // Each word may be a prefix. Words contain no character that has a meaning in a tsquery.
  const prefixes = wordsOf(words).map((word) => `'${word}':*`);
  const query = prefixes.length > 0 ? sql`${products.words} @@ ${prefixes.join(" & ")}::tsquery` : undefined;
  return and(query, category ? eq(products.category, category) : undefined);
}

const selectProducts = statement((db: Db | Tx, value: (name: "ids") => never) => {
  const ofProduct = and(eq(images.productId, products.id), eq(images.state, "ready"));
  // A row for each picture, and one for a product that has none.
  return db
    .select({ product: columns, image: images })
    .from(products)
    .leftJoin(images, ofProduct)
    .where(sql`${products.id} = any(${value("ids")}::uuid[])`)
    .orderBy(asc(images.createdAt), asc(images.id));
});

/** Finds products, in the order of the given ids. Products that do not exist are left out. */
export async function findProducts(db: Db | Tx, ids: readonly string[]): Promise<Product[]> {
  const rows = await selectProducts(db, { ids });
  const byId = new Map<string, Product>();
  for (const { product, image } of rows) {
    const earlier = byId.get(product.id)?.images ?? [];
    byId.set(product.id, productOf(product, image ? [...earlier, imageOf(image)] : earlier));
  }
  return ids.flatMap((id) => byId.get(canonical(id)) ?? []);
}

/** Finds one product and locks it until the transaction ends. */
export async function lockProduct(tx: Tx, id: string): Promise<Product | undefined> {
  const rows = await tx.select(columns).from(products).where(eq(products.id, id)).for("update");
  return (await productsOf(tx, rows))[0];
}

/** Adds a product. Returns false if its id is taken. */
export async function insertProduct(tx: Tx, product: Product): Promise<boolean> {
  const inserted = await tx
    .insert(products)
    .values(rowOf(product))
    .onConflictDoNothing()
    .returning({ id: products.id });
  return inserted.length > 0;
}

/** Overwrites the product with the same id. */
export async function updateProduct(tx: Tx, product: Product): Promise<void> {
  await tx.update(products).set(rowOf(product)).where(eq(products.id, product.id));
}

/** Removes a product. Returns false if it does not exist. */
export async function deleteProduct(tx: Tx, id: string): Promise<boolean> {
  const deleted = await tx.delete(products).where(eq(products.id, id)).returning({ id: products.id });
  return deleted.length > 0;
}

/** Adds or overwrites products, and returns what changed. Equal products stay untouched. */
export async function upsertProducts(tx: Tx, list: readonly Product[]): Promise<Product[]> {
  // A fixed order prevents deadlocks between parts with the same products. Imports whose parts overlap can still
  // deadlock: PostgreSQL then aborts one of them, and its caller receives ABORTED and may retry.
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
  return productsOf(tx, rows);
}

function rowOf(product: Product): NewRow {
  const { id, name, description, category, revision, createdAt = new Date(), updatedAt = createdAt } = product;
  const { currency, minorUnits: priceMinorUnits } = priceOf(product);
  const words = sql`array_to_tsvector(string_to_array(${wordsOf(`${name} ${description}`).join(" ")}, ' '))`;
  return { id, name, description, category, currency, priceMinorUnits, revision, createdAt, updatedAt, words };
}

/** Returns products with their pictures. */
async function productsOf(db: Db | Tx, rows: readonly ProductRow[]): Promise<Product[]> {
  const found = await findImages(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => productOf(row, found.get(row.id) ?? []));
}

function productOf({ currency, priceMinorUnits: minorUnits, ...rest }: ProductRow, images: ProductImage[]): Product {
  return { ...rest, price: { currency, minorUnits }, images };
}
