import { testDatabase } from "@mesh/testing";
import { sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { expect, test } from "vitest";
import { openThings, type Things, things } from "../fixtures/things.ts";
import { type Schema, type StoreTransaction, statement } from "./index.ts";

type Db = Pick<NodePgDatabase<Schema> | StoreTransaction<Schema>, "insert" | "select">;

const makeInsert = () => {
  const builds: unknown[] = [];
  const insert = statement((db: Db, value: (name: "id" | "name") => never) => {
    builds.push(db);
    return db
      .insert(things)
      .values({ id: value("id"), name: value("name") })
      .returning();
  });
  return { insert, builds };
};
const idsIn = async ({ db }: Things) => (await db.select().from(things)).map(({ id }) => id).sort();

test("a statement is built once, and runs where it is asked to", () =>
  withStore(async (store) => {
    const { insert, builds } = makeInsert();
    const failing = store.transaction(async (tx) => {
      expect(await insert(tx, { id: 1, name: "a" })).toMatchObject([{ id: 1, name: "a" }]);
      throw new Error("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
    await store.transaction((tx) => insert(tx, { id: 2, name: "b" }));
    expect(await insert(store.db, { id: 3, name: "c" })).toMatchObject([{ id: 3, name: "c" }]);
    const { rows } = await store.db.execute(
      sql`select name from pg_prepared_statements where name like 'mesh_fixed_%'`,
    );
    expect([rows.length, builds.length, await idsIn(store)]).toEqual([1, 1, [2, 3]]);
  }));

test("a statement fails after its transaction, also if it was built in it", () =>
  withStore(async (store) => {
    const { insert } = makeInsert();
    const ended: StoreTransaction<Schema>[] = [];
    const begin = (id: number) =>
      store.transaction(async (tx) => {
        ended.push(tx);
        await insert(tx, { id, name: "a" });
      });
    await begin(1);
    await begin(2);
    for (const tx of ended) await expect(insert(tx, { id: 3, name: "a" })).rejects.toThrow("is an await missing?");
    expect(await idsIn(store)).toEqual([1, 2]);
  }));

test("a statement within a transaction is undone alone", () =>
  withStore(async (store) => {
    const { insert } = makeInsert();
    await store.transaction(async (tx) => {
      const inner = store.within(tx);
      await insert(inner, { id: 1, name: "a" });
      await expect(insert(inner, { id: 1, name: "again" })).rejects.toThrow("things_pkey");
      await insert(inner, { id: 2, name: "b" });
    });
    expect(await idsIn(store)).toEqual([1, 2]);
  }));

/** Runs work with a store of one connection. */
async function withStore(work: (store: Things) => Promise<void>): Promise<void> {
  await using database = await testDatabase();
  await using store = await openThings(database.url, { poolSize: 1 });
  await work(store);
}
