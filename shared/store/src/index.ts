export type { Changes } from "./changes.ts";
export { isStoreUnavailable, isUniqueViolation, StoreError } from "./failure.ts";
export type { Notified } from "./listener.ts";
export { notify } from "./notify.ts";
export { openStore, type Store, type StoreOptions } from "./open.ts";
export type { Schema, StoreTransaction } from "./session.ts";
