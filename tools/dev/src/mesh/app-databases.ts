import { existsSync } from "node:fs";
import { join } from "node:path";
import { createDatabase, dropDatabase } from "../servers/database.ts";
import { type App, partsOf } from "./app.ts";

/** The database of one service of an app, or of the gateway. */
export interface AppDatabase {
  readonly name: string;
  /** The environment variable that `start` reads its URL from. */
  readonly variable: string;
}

/** The prefix of the databases in development. */
export const databasePrefix = "mesh";

/**
 * Returns the databases of an app: one for each service of a folder that has migrations, and one for the gateway if it has. The
 * name is the prefix and the slug of the service. The variable is DATABASE_URL, or one per service if the app has several, such
 * as ORDERS_DATABASE_URL.
 */
export function databasesOf(app: App, prefix: string): AppDatabase[] {
  const isAlone = app.kind === "service" && app.services.length === 1;
  return partsOf(app).flatMap(({ folder, kind, services }) => {
    if (!existsSync(join(folder, "migrations"))) return [];
    if (kind === "gateway") return [{ name: `${prefix}_gateway`, variable: "DATABASE_URL" }];
    return services.map(({ slug }) => ({
      name: `${prefix}_${slug}`,
      variable: isAlone ? "DATABASE_URL" : `${slug.toUpperCase()}_DATABASE_URL`,
    }));
  });
}

/** Creates databases unless they exist. Returns their URLs by variable. */
export async function createDatabases(
  adminUrl: string,
  databases: readonly AppDatabase[],
): Promise<Record<string, string>> {
  const urls = databases.map(async ({ name, variable }) => [variable, await createDatabase(adminUrl, name)] as const);
  return Object.fromEntries(await Promise.all(urls));
}

/** Drops databases, with their data and their sessions. */
export async function dropDatabases(adminUrl: string, databases: readonly AppDatabase[]): Promise<void> {
  for (const { name } of databases) await dropDatabase(adminUrl, name);
}
