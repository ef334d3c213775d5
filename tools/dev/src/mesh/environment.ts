import { readSettings } from "@mesh/runtime";
import * as z from "zod";
import type { App } from "./app.ts";
import { layeredEnvironment } from "./layered-environment.ts";
import { type Replica, replicasOf } from "./replicas.ts";
import type { DevSettings } from "./settings.ts";

/** The attributes of a mesh that its processes get by environment variables. */
export interface MeshAttributes {
  readonly settings: DevSettings;
  readonly natsUrl: string;
  /** Ports by the names of replicas. */
  readonly ports: ReadonlyMap<string, number>;
  /** Those of their metrics. */
  readonly metricsPorts: ReadonlyMap<string, number>;
  readonly apps: readonly App[];
  readonly cookieSecret: string;
  /** The gateway's settings of the issuer of this mesh; undefined: it has none. */
  readonly issuer: NodeJS.ProcessEnv | undefined;
  /** The console, and the settings by which processes send it their traces; undefined: there is none. */
  readonly console: { readonly url: string; readonly environment: NodeJS.ProcessEnv } | undefined;
}

const host = "127.0.0.1";

/** Returns the address of a replica: a URL for the gateway and the web page, host and port for a service. */
export function addressOf({ app, name }: Replica, ports: ReadonlyMap<string, number>): string {
  const port = ports.get(name);
  if (app.kind === "service") return `${host}:${port}`;
  return app.kind === "web" ? `http://localhost:${port}` : `http://${host}:${port}`;
}

/** The attributes that an app has for itself. */
export interface AppAttributes {
  /** The URLs of its databases, by variable. */
  readonly databaseUrls: Readonly<Record<string, string>>;
  /** The folder of its certificate. The web page has none. */
  readonly tlsDir: string | undefined;
  /** The folder for its files. */
  readonly filesDir: string;
}

/** Returns the environment variables of a replica, which is found in the registry of the mesh. */
export function environmentOf(
  { app, name }: Replica,
  mesh: MeshAttributes,
  { databaseUrls, tlsDir, filesDir }: AppAttributes,
): NodeJS.ProcessEnv {
  const { settings, ports, metricsPorts, natsUrl } = mesh;
  const common: NodeJS.ProcessEnv = {
    NODE_ENV: "development",
    HOST: host,
    PORT: String(ports.get(name)),
    METRICS_PORT: String(metricsPorts.get(name) ?? ""),
    LOG_LEVEL: settings.LOG_LEVEL,
    SHUTDOWN_MS: "1000",
    ...mesh.console?.environment,
    ...(tlsDir && { MESH_TLS_DIR: tlsDir }),
  };
  switch (app.kind) {
    case "service":
      return layeredEnvironment({ FILES_DIR: filesDir }, process.env, common, { NATS_URL: natsUrl }, databaseUrls);
    case "gateway":
      return layeredEnvironment({ FILES_DIR: filesDir }, process.env, common, databaseUrls, mesh.issuer, {
        NATS_URL: natsUrl,
        COOKIE_SECRET: mesh.cookieSecret,
        CORS_ORIGINS: originsOf(ports),
      });
    case "web":
      return layeredEnvironment(process.env, common, {
        MESH_GATEWAY_URL: gatewayOf(mesh),
        MESH_CONSOLE_URL: mesh.console?.url,
      });
    default:
      return app.kind satisfies never;
  }
}

/** Returns the URL of the first replica of the gateway. Without one, no server responds there. */
function gatewayOf({ apps, ports, settings }: MeshAttributes): string {
  const gateway = apps.find(({ kind }) => kind === "gateway");
  const [first] = gateway ? replicasOf(gateway, settings.MESH_REPLICAS) : [];
  return `http://${host}:${first && ports.get(first.name)}`;
}

/** Adds the origins of the web page, if there is one, to those of the setting. */
function originsOf(ports: ReadonlyMap<string, number>): string {
  const { CORS_ORIGINS } = readSettings({ CORS_ORIGINS: z.string().optional() });
  const port = ports.get("web");
  const page = port === undefined ? [] : ["localhost", host].map((name) => `http://${name}:${port}`);
  return [CORS_ORIGINS, ...page].filter(Boolean).join(",");
}
