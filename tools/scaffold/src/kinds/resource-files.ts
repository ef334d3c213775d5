import { snakeCase } from "../names.ts";
import { keysOf, type NewResource, type Peer } from "./resource.ts";

/** Returns service.ts, with the functions that create, get and list a resource. */
export function resourceServiceFile(resource: NewResource): string {
  const { name, definition, type, types, errors, peers, consumed } = resource;
  const { one, many, notFound } = keysOf(resource);
  const options = [
    ...(peers.length > 0 ? [`peers: { ${peers.map((peer) => `${peer.name}: ${peer.definition}`).join(", ")} }`] : []),
    'store: { schema, migrations: new URL("../migrations", import.meta.url) }',
    ...(consumed.length > 0 ? ["consumers"] : []),
  ];
  const imports = [
    'import { randomUUID } from "node:crypto";',
    ...peers.map((peer) => `import { ${peer.definition} } from "${peer.module}";`),
    `import { ${errors}, ${definition} } from "@mesh/contracts/${name}/v1";`,
    'import { pageToken, service } from "@mesh/service";',
    'import * as z from "zod";',
    ...(consumed.length > 0 ? ['import { consumers } from "./events.ts";'] : []),
    'import * as schema from "./schema.ts";',
    `import { find${type}, insert${type}, list${types} } from "./store.ts";`,
  ];
  return `${imports.join("\n")}

const pages = pageToken(z.object({ createdAt: z.iso.datetime(), id: z.guid() }));

/** Implements ${definition}. The contract documents its methods. */
export const ${name} = service(${definition}, { ${options.join(", ")} }, {
  async create${type}({ id, title, text }, { db }) {
    const wanted = { id: id || randomUUID(), title, text, createdAt: new Date() };
    return { ${one}: await db.transaction((tx) => insert${type}(tx, wanted)) };
  },

  async get${type}({ id }, { db }) {
    const found = await find${type}(db, id);
    if (!found) throw ${errors}.${notFound}({ id });
    return { ${one}: found };
  },

  async list${types}({ pageSize, pageToken: token }, { db }) {
    const limit = pageSize || 20;
    const after = pages.read(token, () => ${errors}.pageTokenInvalid());
    // One row more than a page shows that there is a next one.
    const found = await list${types}(db, limit + 1, after);
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const more = last && found.length > limit;
    const nextPageToken = more ? pages.write({ createdAt: last.createdAt.toISOString(), id: last.id }) : "";
    return { ${many}: rows, nextPageToken };
  },
});
`;
}

/** Returns schema.ts: the table of a resource, and those that events and idempotency keys need. */
export function resourceSchemaFile(resource: NewResource): string {
  const { many } = keysOf(resource);
  const table = snakeCase(resource.types);
  const imports = [
    'import { instant } from "@mesh/store/columns";',
    'import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";',
    '\nexport { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";',
    'export { keyedResults } from "@mesh/store/tables";',
  ];
  return `${imports.join("\n")}

export const ${many} = pgTable(
  "${table}",
  {
    id: uuid("id").primaryKey(),
    title: text("title").notNull(),
    text: text("text").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  // Lists are read newest first.
  (table) => [index("${table}_created").on(table.createdAt.desc().nullsFirst(), table.id.desc().nullsFirst())],
);
`;
}

/** Returns store.ts: the queries of a resource. */
export function resourceStoreFile(resource: NewResource): string {
  const { type, types } = resource;
  const { many } = keysOf(resource);
  const imports = [
    'import type { Database, Transaction } from "@mesh/service";',
    'import { desc, eq, sql } from "drizzle-orm";',
    'import * as schema from "./schema.ts";',
  ];
  return `${imports.join("\n")}

export type Db = Database<typeof schema>;
export type Tx = Transaction<typeof schema>;
type ${type}Row = typeof schema.${many}.$inferSelect;
const { ${many} } = schema;

/** The row after which a page continues. */
export interface Cursor {
  readonly createdAt: string;
  readonly id: string;
}

/** Stores a row, unless its id is taken. Returns the stored row. */
export async function insert${type}(tx: Tx, wanted: ${type}Row): Promise<${type}Row> {
  const [stored] = await tx.insert(${many}).values(wanted).onConflictDoNothing().returning();
  return stored ?? (await find${type}(tx, wanted.id)) ?? wanted;
}

/** Finds a row by its id. */
export async function find${type}(db: Db | Tx, id: string): Promise<${type}Row | undefined> {
  const [found] = await db.select().from(${many}).where(eq(${many}.id, id));
  return found;
}

/** Lists rows, newest first. */
export async function list${types}(db: Db, limit: number, after?: Cursor): Promise<${type}Row[]> {
  // Comparing rows lets PostgreSQL start in the index at the right entry.
  const behind = after && sql\`(\${${many}.createdAt}, \${${many}.id}) < (\${after.createdAt}, \${after.id})\`;
  return db.select().from(${many}).where(behind).orderBy(desc(${many}.createdAt), desc(${many}.id)).limit(limit);
}
`;
}

/** Returns events.ts, with a consumer that logs each event, as a start. */
export function resourceEventsFile({ name, consumed }: NewResource): string {
  const imports = [
    ...consumed.map((event) => `import { ${event.name} } from "${event.module}";`),
    'import { type Logger, on } from "@mesh/service";',
  ];
  const consumers = consumed.map(({ name: event, key }) => {
    return `on(${event}, async ({ ${key} }, { log }: { log: Logger }) => {\n    log.info({ ${key} }, "${event}");\n  })`;
  });
  return `${imports.join("\n")}

/** The events that ${name} consumes. */
export const consumers = [
  ${consumers.join(",\n  ")},
];
`;
}

/** Returns a test on a real server and a real database. */
export function resourceTestFile(resource: NewResource): string {
  const { name, definition, type, types, peers } = resource;
  const { one, many } = keysOf(resource);
  const imports = [
    'import { randomUUID } from "node:crypto";',
    ...peers.map((peer) => `import { ${peer.definition} } from "${peer.module}";`),
    `import { ${definition} } from "@mesh/contracts/${name}/v1";`,
    `import { ${peers.length > 0 ? "implement, " : ""}openTestService, type TestService } from "@mesh/testing/service";`,
    'import { afterAll, beforeAll, expect, it } from "vitest";',
    `import { ${name} } from "./service.ts";`,
  ];
  const options = peers.length > 0 ? `, { peers: [${peers.map((peer) => peer.name).join(", ")}] }` : "";
  return `${imports.join("\n")}

${fakesOf(peers)}let service: TestService<NonNullable<typeof ${definition}.types>>;

beforeAll(async () => {
  service = await openTestService(${definition}, ${name}${options});
});
afterAll(() => service?.[Symbol.asyncDispose]());

it("returns what was created, and creates it once", async () => {
  const wanted = { id: randomUUID(), title: "First", text: "Some text." };
  const created = await service.client.create${type}(wanted);
  expect(created).toEqual({ ${one}: { ...wanted, createdAt: expect.any(Date) } });
  expect(await service.client.create${type}({ ...wanted, title: "Again" })).toEqual(created);
  expect(await service.client.get${type}({ id: wanted.id })).toEqual(created);
});

it("lists all, newest first, page by page", async () => {
  for (const title of ["A", "B", "C"]) await service.client.create${type}({ title });
  const titles: string[] = [];
  let token = "";
  do {
    const page = await service.client.list${types}({ pageSize: 2, pageToken: token });
    expect(page.${many}.length).toBeLessThanOrEqual(2);
    titles.push(...page.${many}.map(({ title }) => title));
    token = page.nextPageToken;
  } while (token !== "");
  const rows = await service.query<{ title: string }>(
    'select title from "${snakeCase(types)}" order by created_at desc, id desc',
  );
  expect(titles).toEqual(rows.map(({ title }) => title));
  expect((await service.client.list${types}({})).${many}.map(({ title }) => title)).toEqual(titles);
  expect(titles).toEqual(expect.arrayContaining(["A", "B", "C"]));
});

it("reports an unknown id and a wrong page token", async () => {
  await expect(service.client.get${type}({ id: randomUUID() })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const wrong = service.client.list${types}({ pageToken: "x" });
  await expect(wrong).rejects.toMatchObject({ reason: "PAGE_TOKEN_INVALID" });
});

it("rejects what violates the contract", async () => {
  await expect(service.client.create${type}({ title: "" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
`;
}

/** Returns fakes of the peers, whose functions a test replaces if the service calls them. */
function fakesOf(peers: readonly Peer[]): string {
  if (peers.length === 0) return "";
  return `${peers.map(fakeOf).join("")}function unexpected(): never {
  throw new Error("the test expects no call of another service");
}

`;
}

function fakeOf({ name, definition, functions }: Peer): string {
  return `/** A fake of ${name}: let the functions that the service calls return something. */
const ${name} = implement(${definition}, {\n${functions.map((one) => `  ${one}: unexpected,\n`).join("")}});

`;
}
