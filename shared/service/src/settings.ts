import { peerName } from "@mesh/contracts";
import {
  durationSetting,
  logLevelSetting,
  peersSetting,
  portSetting,
  readSettings,
  urlListSetting,
  urlSetting,
} from "@mesh/runtime";
import { z } from "zod";
import { hasEvents, type Service } from "./service.ts";

/** What every service is set up by; what it does not need is undefined. */
export interface ServiceConfig {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly natsUrl: string | undefined;
  /** Addresses by the peers' names in the mesh. */
  readonly peers: Readonly<Record<string, string>>;
  /**
   * How long it says that it is ending before it takes no more calls, in milliseconds: callers look elsewhere meanwhile.
   * Default: 0.
   */
  readonly noticeMs?: number;
  /** How long calls and handlers of events that run may still take then, in milliseconds. */
  readonly drainMs: number;
  /** The service's own settings. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** In production: what load balancers take to notice. In development nobody waits. */
const noticeMs = 5_000;

const processShape = {
  NODE_ENV: z.string().default("development"),
  HOST: z.string().default("127.0.0.1").describe("the address to listen on"),
  PORT: portSetting(0),
  LOG_LEVEL: logLevelSetting(),
  SHUTDOWN_MS: durationSetting(15_000),
};

/** Reads the settings of a service from the environment. @throws SettingsError naming all that are wrong */
export function serviceSettings(service: Service) {
  const { options } = service;
  const withEvents = hasEvents(service);
  const names = Object.values(options.peers ?? {}).map(peerName);
  const shape = {
    ...processShape,
    DATABASE_URL: options.store ? urlSetting("postgres", "postgresql") : z.undefined().or(z.string()),
    NATS_URL: withEvents ? urlListSetting("nats", "tls") : z.undefined().or(z.string()),
    MESH_PEERS: names.length > 0 ? peersSetting(names) : z.unknown(),
    ...options.settings,
  };
  const settings = readSettings(shape);
  const own = Object.keys(options.settings ?? {}).map((name) => [name, Reflect.get(settings, name)] as const);
  const config: ServiceConfig = {
    host: settings.HOST,
    port: settings.PORT,
    databaseUrl: options.store && settings.DATABASE_URL,
    natsUrl: withEvents ? settings.NATS_URL : undefined,
    noticeMs: settings.NODE_ENV === "production" ? noticeMs : 0,
    drainMs: settings.SHUTDOWN_MS,
    peers: names.length > 0 ? (settings.MESH_PEERS as ServiceConfig["peers"]) : {},
    own: Object.fromEntries(own),
  };
  return { config, logLevel: settings.LOG_LEVEL };
}
