import type { ExtractTablesWithRelations } from "drizzle-orm";
import type { NodePgTransaction } from "drizzle-orm/node-postgres";

/** The tables of a service by name: the exports of its `schema.ts`. */
export type Schema = Record<string, unknown>;

/** A transaction of a store. */
export type StoreTransaction<S extends Schema> = NodePgTransaction<S, ExtractTablesWithRelations<S>>;
