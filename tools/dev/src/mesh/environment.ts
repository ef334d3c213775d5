import { type App, peerList } from "./app.ts";
import type { DevSettings } from "./settings.ts";

/** The attributes of a mesh that its processes get by environment variables. */
export interface MeshAttributes {
  readonly settings: DevSettings;
  readonly natsUrl: string;
  /** Ports by app name. */
  readonly ports: ReadonlyMap<string, number>;
  readonly apps: readonly App[];
  readonly cookieSecret: string;
}

const host = "127.0.0.1";

/** Returns the address of an app: a URL for the gateway and the web page, host and port for a service. */
export function addressOf(app: App, ports: ReadonlyMap<string, number>): string {
  const port = ports.get(app.name);
  if (app.kind === "service") return `${host}:${port}`;
  return app.kind === "web" ? `http://localhost:${port}` : `http://${host}:${port}`;
}

/** The attributes that an app has for itself. */
export interface AppAttributes {
  /** The URLs of its databases, by variable. */
  readonly databaseUrls: Readonly<Record<string, string>>;
  /** The folder of its certificate. The web page has none. */
  readonly tlsDir: string | undefined;
}

/** Returns the environment variables of an app. */
export function environmentOf(
  app: App,
  mesh: MeshAttributes,
  { databaseUrls, tlsDir }: AppAttributes,
): NodeJS.ProcessEnv {
  const { settings, ports, natsUrl } = mesh;
  const common: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "development",
    HOST: host,
    PORT: String(ports.get(app.name)),
    LOG_LEVEL: settings.LOG_LEVEL,
    MESH_PEERS: peerList(mesh.apps, (other) => addressOf(other, ports)),
    SHUTDOWN_MS: "1000",
    ...(tlsDir && { MESH_TLS_DIR: tlsDir }),
  };
  switch (app.kind) {
    case "service":
      return { ...common, NATS_URL: natsUrl, ...databaseUrls };
    case "gateway":
      return {
        ...common,
        NATS_URL: natsUrl,
        COOKIE_SECRET: mesh.cookieSecret,
        CORS_ORIGINS: originsOf(common.CORS_ORIGINS, ports),
      };
    case "web":
      return { ...common, MESH_GATEWAY_URL: `http://${host}:${ports.get("gateway")}` };
    default:
      return app.kind satisfies never;
  }
}

/** Adds the origins of the web page, if there is one, to those of a setting. */
function originsOf(setting: string | undefined, ports: ReadonlyMap<string, number>): string {
  const port = ports.get("web");
  const page = port === undefined ? [] : ["localhost", host].map((name) => `http://${name}:${port}`);
  return [setting, ...page].filter(Boolean).join(",");
}
