import { every } from "@mesh/service";
import { takeDueAnswers } from "./lifecycle.ts";
import type { Db } from "./store.ts";

/** Asks the provider for the answers it did not give at once. */
export const tasks = [
  every("take the provider's answers", 500, ({ db }: { db: Db }) => db.transaction((tx) => takeDueAnswers(tx))),
];
