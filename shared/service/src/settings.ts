import type { StreamLimits } from "@mesh/events";
import { type TlsSettings, tlsOf, tlsShape } from "@mesh/rpc";
import {
  backendShape,
  databaseUrlSetting,
  durationSetting,
  logLevelSetting,
  type PeerAddresses,
  peersShape,
  portSetting,
  readSettings,
  switchSetting,
  type TelemetrySettings,
  telemetryOf,
  telemetryShape,
} from "@mesh/runtime";
import * as z from "zod";
import { advertiseSetting } from "./advertise.ts";
import { hasEvents, type Service } from "./service.ts";

/** The settings of a process of services; those that none of them needs are undefined. */
export interface ProcessConfig {
  readonly host: string;
  readonly port: number;
  /** For events, the registration of the process, and the peers without an address. Undefined: it has none of these. */
  readonly natsUrl: string | undefined;
  /** Default: the login in the URL. */
  readonly natsCreds?: string;
  /** Where other processes reach this one: `host` or `host:port`. Default: the address that it listens on. */
  readonly advertise?: string | undefined;
  /** The version of the program, for the registry and the traffic split of the policy. Default: none. */
  readonly version?: string | undefined;
  /** The limits of the streams in NATS. Default: those of `@mesh/events`. */
  readonly streams?: StreamLimits;
  /** Addresses by the names of the services that are called. The others are found in the registry. */
  readonly peers: PeerAddresses;
  /** The identity of the process. Default: none, calls are not encrypted. */
  readonly tls?: TlsSettings;
  /** The names of processes that may call every method, whatever its contract says. Default: none. */
  readonly operators?: readonly string[];
  /** The names of the processes whose tokens for customers are accepted. Default: `gateway`. */
  readonly issuers?: readonly string[];
  /** Whether callers can ask which methods and messages the process has. Default: yes. */
  readonly reflection?: boolean;
  /**
   * How long the process reports that it is ending before it accepts no more calls, in milliseconds, so that callers
   * choose another one. Default: 0.
   */
  readonly noticeMs?: number;
  /** Whether unary calls to and from the process may share a stream. Default: true. */
  readonly mux?: boolean;
  /** How long calls and handlers of events that run may still take then, in milliseconds. */
  readonly drainMs: number;
}

/** A service and its own settings. */
export interface ConfiguredService {
  readonly service: Service;
  /** Undefined: it has no store. */
  readonly databaseUrl?: string | undefined;
  /** Its own settings. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The settings in the environment. */
export interface ReadServices {
  readonly config: ProcessConfig;
  readonly services: readonly ConfiguredService[];
  readonly logLevel: z.output<ReturnType<typeof logLevelSetting>>;
  readonly telemetry: TelemetrySettings;
}

/** What else a process is. */
interface ReadOptions {
  /** Whether other programs run in it, such as the gateway: PORT and DATABASE_URL are theirs. Default: no. */
  readonly hasOthers?: boolean;
}

/** In production: what load balancers take to notice. In development nothing waits for it. */
const noticeMs = 5_000;

const countSetting = (text: string, max: number) =>
  z.coerce.number(text).int().min(1).max(max).optional().describe(text);

const yearMs = 366 * 24 * 60 * 60_000;

/** The most that the protocol of NATS can hold. */
const int32 = 2 ** 31 - 1;

const streamShape = {
  STREAM_MAX_BYTES: countSetting("a whole number of bytes from 1", Number.MAX_SAFE_INTEGER),
  STREAM_MAX_AGE_MS: countSetting(`a whole number of milliseconds from 1 to ${yearMs}, which is a year`, yearMs),
  STREAM_MAX_MESSAGE_BYTES: countSetting(`a whole number of bytes from 1 to ${int32}`, int32),
  STREAM_REPLICAS: countSetting("a whole number from 1 to 5", 5),
};

/** The name of the certificate of people who develop. Source: tools/dev/src/tls/certificates.ts */
const developer = "developer";

/** Names of processes, separated by commas. */
const namesSetting = (use: string) =>
  z
    .string()
    .regex(/^[\w.-]+(\s*,\s*[\w.-]+)*$/)
    .transform((text) => text.split(",").map((name) => name.trim()))
    .optional()
    .describe(`names of processes ${use}, separated by commas`);

const issuersOf = (env: string) => (env === "production" ? ["gateway"] : ["gateway", developer]);

const processShape = {
  ...streamShape,
  NODE_ENV: z.string().default("development"),
  HOST: z.string().default("127.0.0.1").describe("the address to listen on"),
  PORT: portSetting(0),
  MESH_ISSUERS: namesSetting("whose tokens for customers are accepted"),
  REFLECTION: z.enum(["on", "off"]).optional().describe("on or off"),
  MESH_OPERATORS: namesSetting("that may call every method"),
  LOG_LEVEL: logLevelSetting(),
  MESH_MUX: switchSetting(true),
  MESH_ADVERTISE: advertiseSetting(),
  SHUTDOWN_MS: durationSetting(15_000),
  ...telemetryShape(),
};

/**
 * Reads the settings of the services of this process from the environment. The URL of a database is in DATABASE_URL, or in
 * a variable per service if the process has several: ORDERS_DATABASE_URL.
 *
 * @throws SettingsError naming all that are wrong
 */
export function readServices(services: readonly Service[], { hasOthers = false }: ReadOptions = {}): ReadServices {
  const withEvents = services.some(hasEvents);
  const own = new Set(services.map(({ definition }) => definition.name));
  const called = services.flatMap(({ options }) => Object.values(options.peers ?? {}).map(({ name }) => name));
  const names = called.filter((name) => !own.has(name));
  const stored = services.filter(({ options }) => options.store);
  const isAlone = services.length === 1 && !hasOthers;
  const shape = {
    ...processShape,
    ...(hasOthers && { GRPC_PORT: portSetting(0) }),
    ...tlsShape(),
    ...peersShape(names, { needsNats: withEvents }),
    ...(names.length === 0 && { MESH_PEERS: z.unknown() }),
    ...(stored.length > 0 && backendShape("DATABASE")),
    ...Object.fromEntries(stored.map((one) => [databaseVariable(one, isAlone), databaseUrlSetting()])),
    ...ownShape(services),
  };
  const settings = readSettings(shape);
  const read = (name: string): unknown => Reflect.get(settings, name);
  const config: ProcessConfig = {
    host: settings.HOST,
    port: hasOthers ? (read("GRPC_PORT") as number) : settings.PORT,
    natsUrl: settings.NATS_URL,
    ...(settings.NATS_CREDS && { natsCreds: settings.NATS_CREDS }),
    ...(settings.MESH_ADVERTISE && { advertise: settings.MESH_ADVERTISE }),
    ...(settings.MESH_VERSION && { version: settings.MESH_VERSION }),
    ...(withEvents && { streams: streamsOf(settings) }),
    tls: tlsOf(settings),
    operators: settings.MESH_OPERATORS ?? (settings.NODE_ENV === "production" ? [] : [developer]),
    issuers: settings.MESH_ISSUERS ?? issuersOf(settings.NODE_ENV),
    reflection: (settings.REFLECTION ?? (settings.NODE_ENV === "production" ? "off" : "on")) === "on",
    // The others give notice first.
    noticeMs: settings.NODE_ENV === "production" && !hasOthers ? noticeMs : 0,
    mux: settings.MESH_MUX,
    drainMs: settings.SHUTDOWN_MS,
    // `peersShape` makes nothing else.
    peers: names.length > 0 ? (settings.MESH_PEERS as ProcessConfig["peers"]) : {},
  };
  const configured = services.map((service) => ({
    service,
    // `databaseUrlSetting` makes nothing else.
    databaseUrl: service.options.store && (read(databaseVariable(service, isAlone)) as string),
    settings: Object.fromEntries(Object.keys(service.options.settings ?? {}).map((name) => [name, read(name)])),
  }));
  const isProduction = settings.NODE_ENV === "production";
  const telemetry = telemetryOf(settings, { host: settings.HOST, isProduction });
  return { config, services: configured, logLevel: settings.LOG_LEVEL, telemetry };
}

/** The defaults are those of `@mesh/events`, with three replicas in production. */
function streamsOf(settings: z.output<z.ZodObject<typeof processShape>>): StreamLimits {
  return {
    maxBytes: settings.STREAM_MAX_BYTES,
    maxAgeMs: settings.STREAM_MAX_AGE_MS,
    maxMessageBytes: settings.STREAM_MAX_MESSAGE_BYTES,
    replicas: settings.STREAM_REPLICAS,
    defaultReplicas: settings.NODE_ENV === "production" ? 3 : 1,
  };
}

function databaseVariable({ definition }: Service, isAlone: boolean): string {
  return isAlone ? "DATABASE_URL" : `${definition.slug.toUpperCase()}_DATABASE_URL`;
}

/** The settings that the services declare. @throws Error if two mean different things by one name */
function ownShape(services: readonly Service[]): z.ZodRawShape {
  const shape: Record<string, z.ZodRawShape[string]> = {};
  for (const { definition, options } of services) {
    for (const [name, schema] of Object.entries(options.settings ?? {})) {
      if (shape[name] && shape[name] !== schema) {
        throw new Error(`${definition.name} and another service of this process both declare ${name}: rename one`);
      }
      shape[name] = schema;
    }
  }
  return shape;
}
