import { type TestNetwork, testNetwork } from "@mesh/testing/network";
import { openSql, type SqlConnection } from "@mesh/testing/sql";
import type { Breakage } from "./breakages.ts";
import type { CrashPoints } from "./faults/crash-points.ts";
import { natsTap } from "./wire/nats.ts";
import { postgresTap } from "./wire/postgres.ts";

/** The networks of a process, each of which can be cut and slowed. */
export interface ProcessNetworks extends AsyncDisposable {
  /** To each server of NATS. */
  readonly nats: readonly TestNetwork[];
  readonly postgres: TestNetwork;
  /** Through which others call it. */
  readonly calls: TestNetwork;
}

export interface NetworkOptions {
  /** The name of the process. */
  readonly name: string;
  readonly servers: { readonly nats: readonly string[]; readonly postgres: string };
  readonly points: CrashPoints;
  readonly breakage: Breakage;
  /** Returns the URL of its database; undefined: the mesh has not started yet. */
  readonly databaseUrl: () => string | undefined;
}

/** Opens the networks of a process, which notice when it reaches a crash point. */
export async function openNetworks(options: NetworkOptions): Promise<ProcessNetworks> {
  const { name, servers, points, breakage, databaseUrl } = options;
  const { statement: rewrite, operation, isDiverted } = breakage;
  const onAck = { acknowledged: () => void points.reach(name, "after ack") };
  let other: Promise<SqlConnection> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const diversion = isDiverted && {
    matches: (text: string) => databaseUrl() !== undefined && isDiverted(text),
    async run(text: string, values: readonly unknown[]) {
      other ??= openSql(databaseUrl() ?? "");
      // A connection runs one statement at a time.
      const run = last.then(async () => (await other)?.run(text, values));
      last = run.catch(() => {});
      await run;
    },
  };
  const nats = await Promise.all(servers.nats.map((url) => testNetwork(url, natsTap(onAck, operation))));
  const watch = () => points.watch(name);
  const postgres = await testNetwork(servers.postgres, postgresTap(watch, { rewrite, diversion }));
  // It leads to the process once that has a port.
  const calls = await testNetwork("http://127.0.0.1:1");
  return {
    nats,
    postgres,
    calls,
    async [Symbol.asyncDispose]() {
      await Promise.all([...nats, postgres, calls].map((network) => network[Symbol.asyncDispose]()));
      await (await other?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}

/** Makes the URLs of servers lead through the networks of a process, and others call it through its own. */
export function throughNetworks(env: Readonly<Record<string, string>>, { nats, postgres, calls }: ProcessNetworks) {
  calls.redirect(`http://127.0.0.1:${env.PORT}`);
  const changed = Object.entries(env).map(([name, value]) => {
    if (name === "NATS_URL") return [name, throughAll(value, nats)];
    return [name, name.endsWith("DATABASE_URL") ? withPort(value, postgres.url) : value];
  });
  return { ...Object.fromEntries(changed), MESH_ADVERTISE: new URL(calls.url).host };
}

function throughAll(urls: string, networks: readonly TestNetwork[]): string {
  return urls
    .split(",")
    .map((url, at) => withPort(url, networks[at]?.url ?? url))
    .join(",");
}

function withPort(url: string, of: string): string {
  const through = new URL(url);
  through.port = new URL(of).port;
  return through.href;
}
