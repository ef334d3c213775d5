import type { Database, Transaction } from "@mesh/service";
import type * as schema from "./schema.ts";

export type Db = Database<typeof schema>;
export type Tx = Transaction<typeof schema>;
