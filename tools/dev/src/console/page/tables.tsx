import type { DatabaseRow, TableContent, TableRow } from "../shapes.ts";
import * as format from "./format.ts";
import { pathOf } from "./router.ts";
import { Empty, Problem, ProcessName, Title } from "./ui.tsx";
import { useApi } from "./use-api.ts";

/** A table of a database. */
interface Chosen {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
}

/** The tables of each database, and the first rows of one. */
export function TablesView({ query }: { query: URLSearchParams }) {
  const databases = useApi<readonly DatabaseRow[]>("databases", 10_000);
  const chosen = chosenIn(query, databases.value);
  const number = databases.value?.length;
  return (
    <>
      <Title note={number !== undefined && `in ${format.things(number, "database")}, one for each service`}>
        Tables
      </Title>
      <Problem of={databases} />
      {number === 0 && <Empty title="No service has a database yet" />}
      <div class="split">
        <nav class="tables" aria-label="Tables">
          {databases.value?.map((database) => (
            <Tables key={database.name} database={database} chosen={chosen} />
          ))}
        </nav>
        {chosen && <Content chosen={chosen} />}
      </div>
    </>
  );
}

/** The table in the address, or else the first one that has rows. */
function chosenIn(query: URLSearchParams, databases: readonly DatabaseRow[] | undefined): Chosen | undefined {
  const [database, schema, table] = ["database", "schema", "table"].map((name) => query.get(name));
  if (database && schema && table) return { database, schema, table };
  const all = (databases ?? []).flatMap((of) => ownFirst(of.tables).map((one) => ({ ...one, database: of.name })));
  const first = all.find(({ rows }) => rows > 0) ?? all[0];
  return first && { database: first.database, schema: first.schema, table: first.name };
}

/** Tables that the mesh keeps in each database, for events, jobs, retried calls and migrations. */
const tablesOfMesh = new Set([
  "inbox",
  "outbox",
  "consumer_leases",
  "consumer_processes",
  "parked_events",
  "keyed_results",
  "schedules",
  "__drizzle_migrations",
]);

function isOfMesh({ schema, name }: TableRow): boolean {
  return schema === "pgboss" || tablesOfMesh.has(name);
}

/** Puts the tables of the service before those of the mesh. */
function ownFirst(tables: readonly TableRow[]): TableRow[] {
  return tables.toSorted((one, other) => Number(isOfMesh(one)) - Number(isOfMesh(other)));
}

function Tables({ database, chosen }: { database: DatabaseRow; chosen: Chosen | undefined }) {
  return (
    <section>
      <h2>
        <ProcessName name={database.app} />
      </h2>
      <ul>
        {ownFirst(database.tables).map(({ schema, name, rows, bytes }) => {
          const isChosen = chosen?.database === database.name && chosen.schema === schema && chosen.table === name;
          return (
            <li key={`${schema}.${name}`}>
              <a
                href={pathOf("tables", "", { database: database.name, schema, table: name })}
                aria-current={isChosen ? "true" : undefined}
              >
                {name}
                <span>{rows < 0 ? format.bytes(bytes) : `${format.count(rows)} · ${format.bytes(bytes)}`}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Content({ chosen: { database, schema, table } }: { chosen: Chosen }) {
  const loaded = useApi<TableContent>(`table?${new URLSearchParams({ database, schema, table })}`, 5_000);
  const { value } = loaded;
  return (
    <section class="content" aria-label={table}>
      <h2>
        {table}{" "}
        <span class="label soft">
          {value && (value.isComplete ? format.things(value.rows.length, "row") : "first 50 rows")}
        </span>
      </h2>
      <Problem of={loaded} />
      {loaded.isMissing && <Empty title="There is no such table" />}
      {value && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must reach what scrolls
        <div class="box scroll" tabIndex={0}>
          <table class="data">
            <thead>
              <tr>
                {value.columns.map(({ name, type }) => (
                  <th key={name}>
                    {name} <small>{type}</small>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {value.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={value.columns[column]?.name} title={cell ?? "NULL"}>
                      {cell ?? <i>null</i>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {value.rows.length === 0 && <p class="label soft none">This table is empty.</p>}
        </div>
      )}
    </section>
  );
}
