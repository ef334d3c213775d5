import { every } from "@mesh/service";
import { takeDueAnswers } from "./lifecycle.ts";
import type { Db } from "./store.ts";

/** Fetches the delayed responses of the provider. */
export const tasks = [
  every("take the provider's answers", 500, ({ db }: { db: Db }) => db.transaction((tx) => takeDueAnswers(tx))),
];
