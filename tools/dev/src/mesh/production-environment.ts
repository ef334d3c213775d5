import { existsSync } from "node:fs";
import { join } from "node:path";
import { developer } from "../tls/certificates.ts";
import { type App, partsOf } from "./app.ts";
import { layeredEnvironment } from "./layered-environment.ts";
import { buildFolder } from "./mode.ts";
import type { Replica } from "./replicas.ts";

/**
 * Changes the environment of a replica in development to one for production, on this machine. Only what needs other machines
 * is missing: TLS to NATS and PostgreSQL, a NATS cluster, and an issuer with https. Settings of the user come first.
 *
 * @param gatewayPorts the ports of all replicas of the gateway
 */
export function productionEnvironmentOf(
  { app }: Replica,
  development: NodeJS.ProcessEnv,
  gatewayPorts: readonly number[],
): NodeJS.ProcessEnv {
  const { SHUTDOWN_MS: _, ...rest } = development;
  const defaults = {
    NATS_TLS: "off",
    DATABASE_TLS: "off",
    STREAM_REPLICAS: "1",
    // Without it, only services could call each other: no example data, and no `npm run mesh`.
    MESH_OPERATORS: developer,
  };
  const edge = app.kind === "gateway" ? edgeOf(app, gatewayPorts) : {};
  return layeredEnvironment(defaults, edge, rest, ofUser("SHUTDOWN_MS", "SHUTDOWN_MS_FILE"), {
    NODE_ENV: "production",
  });
}

/** Returns those of the variables that are set in the environment of this process. */
function ofUser(...names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
}

/** The settings of a gateway without a proxy, which serves the page if it was built. */
function edgeOf(gateway: App, ports: readonly number[]): NodeJS.ProcessEnv {
  const origins = ports.flatMap((port) => [`http://localhost:${port}`, `http://127.0.0.1:${port}`]);
  const page = builtPageOf(gateway);
  return { PROXIES: "0", PUBLIC_ORIGINS: origins.join(","), ...(page && { WEB_DIR: page }) };
}

/** Returns the folder of the built page that a gateway serves, or undefined if there is none. */
export function builtPageOf(gateway: App): string | undefined {
  const own = partsOf(gateway).find(({ kind }) => kind === "gateway") ?? gateway;
  const folder = join(own.folder, "..", "web", buildFolder);
  return existsSync(join(folder, "index.html")) ? folder : undefined;
}
