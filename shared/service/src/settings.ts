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
import type { Service } from "./service.ts";

/** What every service is set up by; what it does not need is undefined. */
export interface ServiceConfig {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly natsUrl: string | undefined;
  /** Addresses by the peers' names in the mesh. */
  readonly peers: Readonly<Record<string, string>>;
  /** How long calls that run may still take at the end, in milliseconds. */
  readonly drainMs: number;
  /** The service's own settings. */
  readonly own: Readonly<Record<string, unknown>>;
}

const processShape = {
  HOST: z.string().default("127.0.0.1").describe("the address to listen on"),
  PORT: portSetting(0),
  LOG_LEVEL: logLevelSetting(),
  SHUTDOWN_MS: durationSetting(15_000),
};

/** Reads the settings of a service from the environment. @throws SettingsError naming all that are wrong */
export function serviceSettings({ options }: Service) {
  const names = Object.values(options.peers ?? {}).map(peerName);
  const shape = {
    ...processShape,
    DATABASE_URL: options.store ? urlSetting("postgres", "postgresql") : z.undefined().or(z.string()),
    NATS_URL: options.consumers ? urlListSetting("nats", "tls") : z.undefined().or(z.string()),
    MESH_PEERS: names.length > 0 ? peersSetting(names) : z.unknown(),
    ...options.settings,
  };
  const settings = readSettings(shape);
  const own = Object.keys(options.settings ?? {}).map((name) => [name, Reflect.get(settings, name)] as const);
  const config: ServiceConfig = {
    host: settings.HOST,
    port: settings.PORT,
    databaseUrl: options.store && settings.DATABASE_URL,
    natsUrl: options.consumers && settings.NATS_URL,
    drainMs: settings.SHUTDOWN_MS,
    peers: names.length > 0 ? (settings.MESH_PEERS as ServiceConfig["peers"]) : {},
    own: Object.fromEntries(own),
  };
  return { config, logLevel: settings.LOG_LEVEL };
}
