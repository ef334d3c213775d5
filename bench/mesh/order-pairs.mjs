// Whole meshes, and what places orders at them.
import { createServer } from "node:http";
import { join } from "node:path";
import { execPath } from "node:process";
import { load } from "@mesh/codegen/load";
import { cpuMsOf } from "../rolling/usage.mjs";
import { buildProgram, text } from "./build.mjs";
import { PeerProcess } from "./processes.mjs";

const production = {
  ...{ NODE_ENV: "production", MESH_OPERATORS: "developer", STREAM_REPLICAS: "1", LOG_LEVEL: "warn" },
  ...{ NATS_TLS: "off", DATABASE_TLS: "off", MESH_ISSUERS: "gateway" },
};

/**
 * Starts a mesh and its client. What is measured of the mesh are the processes of services and the gateway, not of PostgreSQL and NATS.
 *
 * @param folder for the program of the client
 */
export async function openOrders(root, folder, { name, isObserved, groups }) {
  const { openMesh } = await load("mesh", join(root, "tools/testing"));
  const collector = isObserved ? await startCollector() : undefined;
  const observed = collector && { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, METRICS_PORT: "0" };
  const mesh = await openMesh({ registry: true, env: { ...production, ...observed }, ...(groups && { groups }) });
  const source = `import { run } from ${text(join(root, "bench/mesh/order-client.mjs"))};\nrun();\n`;
  const { nats, gatewayUrl, developerDir, apps } = mesh;
  const given = { node: execPath, options: { natsUrl: nats.url, gatewayUrl, developerDir } };
  const client = new PeerProcess(`${name}, client`, await buildProgram(root, join(folder, name), source), given);
  const server = {
    ask: async () => {
      const ms = Object.values(apps).reduce((sum, { pid }) => sum + cpuMsOf(pid), 0);
      return { user: ms * 1_000, system: 0 };
    },
    async end() {
      await mesh.close();
      collector?.close();
    },
  };
  await client.next();
  await client.ask("connect");
  return { name, client, server };
}

/** Starts what gets traces by OTLP, and drops them. */
async function startCollector() {
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
