// A process that publishes and consumes events, with a NATS and a database of its own.
import { join } from "node:path";
import { execPath } from "node:process";
import { pathToFileURL } from "node:url";
import { load } from "@mesh/codegen/load";
import { buildProgram, text } from "./build.mjs";
import { wholeWay } from "./event-peers.mjs";
import { PeerProcess } from "./processes.mjs";

/** Starts the servers and the process of a peer. @param folder for its program and the data of the servers */
export async function openEvents(root, folder, { name, isWhole }) {
  const servers = (module) => load(`servers/${module}`, join(root, "tools/dev"));
  // One after the other: each load may end the process that bundles.
  const { startNats } = await servers("nats");
  const { startPostgres } = await servers("postgres");
  const { createDatabase } = await servers("database");
  const own = join(folder, `events-${name}`);
  const nats = await startNats({ dir: join(own, "nats") });
  const postgres = await startPostgres({ dir: join(own, "postgres") });
  const source = `import { run } from ${text(join(root, "bench/mesh/event-client.mjs"))};\nrun();\n`;
  const databaseUrl = await createDatabase(postgres.url, "bench");
  const migrations = pathToFileURL(join(root, "shared/events/fixtures/service/migrations")).href;
  const options = { name, natsUrl: nats.url, databaseUrl, migrations };
  const program = await buildProgram(root, join(own, "program"), source);
  const client = new PeerProcess(name, program, { node: execPath, options });
  const server = {
    ask: async () => ({ user: 0, system: 0 }),
    end: () => Promise.all([nats.stop(), postgres.stop()]),
  };
  await client.next();
  await client.ask("connect");
  return { name, client, server, requests: isWhole ? [wholeWay] : [] };
}
