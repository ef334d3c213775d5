export type { Changes } from "./changes.ts";
export type { Notified } from "./channels.ts";
export { defer } from "./defer.ts";
export { isStoreUnavailable, isUniqueViolation, StoreError } from "./failure.ts";
export {
  deleteOldResults,
  type KeyedCall,
  KeyedCallError,
  type KeyedResult,
  keyedHash,
  keyedResultsMs,
  runKeyed,
} from "./keyed-results.ts";
export { notify } from "./notify.ts";
export { openStore, type Store, type StoreOptions } from "./open-store.ts";
export type { Opening } from "./run-transaction.ts";
export type { Schema, StoreTransaction } from "./schema.ts";
export type { StoreScope } from "./scope.ts";
export { statement } from "./statement.ts";
