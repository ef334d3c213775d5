import type { Category } from "@mesh/contracts/catalog/v1";
import { instant, int64 } from "@mesh/store/columns";
import { customType, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";

export { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";
export { schedules } from "@mesh/jobs/tables";
export { keyedResults } from "@mesh/store/tables";

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });

export const products = pgTable(
  "products",
  {
    id: uuid("id").primaryKey(),
    name: text("name").notNull(),
    description: text("description").notNull(),
    category: integer("category").$type<Category>().notNull(),
    currency: text("currency").notNull(),
    priceMinorUnits: int64("price_minor_units").notNull(),
    revision: int64("revision").notNull(),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    /** The words of the name and the description, for the search. See `wordsOf`. */
    words: tsvector("words").notNull(),
  },
  (table) => [
    index("products_name").on(table.name, table.id),
    index("products_category_name").on(table.category, table.name, table.id),
    index("products_words").using("gin", table.words),
  ],
);

/** Where a picture is: its bytes are being sent, can be read, or are to be removed from the store of objects. */
export type ImageState = "sending" | "ready" | "removed";

export const productImages = pgTable(
  "product_images",
  {
    productId: uuid("product_id").notNull(),
    id: uuid("id").notNull(),
    contentType: text("content_type").notNull(),
    state: text("state").$type<ImageState>().notNull(),
    /** In bytes. 0 until the picture is ready, like the hash. */
    size: int64("size").notNull(),
    /** The SHA-256 hash of the bytes, in base64url. */
    hash: text("hash").notNull(),
    createdAt: instant("created_at").notNull(),
    /** When the process that receives the bytes must have ended. */
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.productId, table.id] }),
    index("product_images_state").on(table.state, table.expiresAt),
  ],
);
