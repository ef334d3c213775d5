import type { App } from "./app.ts";
import type { DevSettings } from "./settings.ts";

/** What the processes of a mesh are told about one another. */
export interface MeshFacts {
  readonly settings: DevSettings;
  readonly natsUrl: string;
  /** Ports by the names of apps. */
  readonly ports: ReadonlyMap<string, number>;
  readonly services: readonly string[];
  readonly cookieSecret: string;
}

const host = "127.0.0.1";

/** The address of an app: a URL for what a browser opens, else host and port. */
export function addressOf(app: App, ports: ReadonlyMap<string, number>): string {
  const port = ports.get(app.name);
  if (app.kind === "service") return `${host}:${port}`;
  return app.kind === "web" ? `http://localhost:${port}` : `http://${host}:${port}`;
}

/** The environment in which an app runs. */
export function environmentOf(app: App, facts: MeshFacts, databaseUrl: string | undefined): NodeJS.ProcessEnv {
  const { settings, ports } = facts;
  const common = {
    ...process.env,
    NODE_ENV: "development",
    HOST: host,
    PORT: String(ports.get(app.name)),
    LOG_LEVEL: settings.LOG_LEVEL,
    MESH_PEERS: facts.services.map((name) => `${name}=${host}:${ports.get(name)}`).join(","),
    SHUTDOWN_MS: "1000",
  };
  switch (app.kind) {
    case "service":
      return { ...common, NATS_URL: facts.natsUrl, DATABASE_URL: databaseUrl };
    case "gateway":
      return { ...common, NATS_URL: facts.natsUrl, COOKIE_SECRET: facts.cookieSecret, CORS_ORIGINS: originsOf(ports) };
    case "web":
      return { ...common, MESH_GATEWAY_URL: `http://${host}:${ports.get("gateway")}` };
    default:
      return app.kind satisfies never;
  }
}

function originsOf(ports: ReadonlyMap<string, number>): string {
  return ["localhost", host].map((name) => `http://${name}:${ports.get("web")}`).join(",");
}
