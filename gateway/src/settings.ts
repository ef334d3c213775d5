import { existsSync } from "node:fs";
import { join } from "node:path";
import { type PeerDefinitions, sharedServices, tlsOf, tlsShape } from "@mesh/rpc";
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
  telemetryOf,
  telemetryShape,
} from "@mesh/runtime";
import * as z from "zod";
import * as router from "./router.ts";
import { signInOf, signInShape } from "./sign-in/sign-in-settings.ts";
import { limitedMethods } from "./state/limited-methods.ts";

/** Lets a clone run without settings. It is public, so production requires another one. */
const developmentSecret = "a secret for development that everybody knows";

/** How long /healthz reports the shutdown to load balancers in production before the gateway accepts no more calls. */
const noticeMs = 5_000;

/**
 * Reads the settings of the gateway.
 *
 * @param services those that it calls: their addresses are in MESH_PEERS, or in the registry at NATS_URL; default: those of router.ts
 * @throws SettingsError that names all wrong settings
 */
export function gatewaySettings(
  env?: Readonly<Record<string, string | undefined>>,
  services: PeerDefinitions = router.services,
) {
  const called = Object.values(services).map(({ name }) => name);
  const names = called.filter((name) => !sharedServices()?.has(name));
  const { NODE_ENV } = readSettings({ NODE_ENV: z.string().default("development") }, env);
  const isProduction = NODE_ENV === "production";
  const database = databaseShape(env, isProduction ? limitedMethods(services) : []);
  const shape = {
    ...peersShape(names, { env }),
    ...shapeFor(isProduction),
    ...database,
    ...tlsShape(env),
    ...telemetryShape(),
  };
  const settings = readSettings({ ...shape, ...signInShape(isProduction, env) }, env);
  const peers: PeerAddresses = settings.MESH_PEERS;
  return {
    host: settings.HOST,
    port: settings.PORT,
    peers,
    natsUrl: settings.NATS_URL,
    natsCreds: settings.NATS_CREDS,
    databaseUrl: settings.DATABASE_URL,
    tls: tlsOf(settings),
    cookieSecrets: settings.COOKIE_SECRET,
    signIn: signInOf(settings),
    publicOrigins: settings.PUBLIC_ORIGINS,
    origins: settings.CORS_ORIGINS,
    proxies: settings.PROXIES,
    rateLimits: settings.RATE_LIMITS,
    ignoreUnknown: settings.REST_UNKNOWN_FIELDS === "ignore",
    webDir: settings.WEB_DIR,
    logLevel: settings.LOG_LEVEL,
    mux: settings.MESH_MUX,
    noticeMs: isProduction ? noticeMs : 0,
    shutdownMs: settings.SHUTDOWN_MS,
    telemetry: telemetryOf(settings, { host: settings.HOST, isProduction }),
    isProduction,
  };
}

/** The settings of the gateway. */
export type GatewaySettings = ReturnType<typeof gatewaySettings>;

function shapeFor(isProduction: boolean) {
  return {
    HOST: z.string().default("127.0.0.1").describe("the address to listen on"),
    PORT: portSetting(4000),
    COOKIE_SECRET: isProduction ? secretsSetting : secretsSetting.default([developmentSecret]).describe(secretText),
    PUBLIC_ORIGINS: isProduction ? someOriginsSetting : originsSetting.default(noOrigins).describe(publicText),
    CORS_ORIGINS: originsSetting.default(noOrigins).describe(corsText),
    PROXIES: isProduction ? proxiesSetting : proxiesSetting.default(0).describe(proxiesText),
    REST_UNKNOWN_FIELDS: unknownSetting,
    WEB_DIR: webDirSetting,
    LOG_LEVEL: logLevelSetting(),
    MESH_MUX: switchSetting(true),
    SHUTDOWN_MS: durationSetting(isProduction ? 15_000 : 1_000),
  };
}

/**
 * Without a database, the state of the gateway is in the memory of its process.
 *
 * @param limited the methods whose rate limits need one
 */
function databaseShape(env: Parameters<typeof databaseUrlSetting>[0], limited: readonly string[]) {
  const url = databaseUrlSetting(env);
  const rest = { RATE_LIMITS: z.string().default("on"), OIDC_ISSUER: z.string().optional() };
  const { RATE_LIMITS: isOn, OIDC_ISSUER } = readSettings(rest, env);
  const isLimited = limited.length > 0 && isOn !== "off";
  const isNeeded = isLimited || OIDC_ISSUER !== undefined;
  const reason = isLimited
    ? `because of the rate limit of ${limited.join(", ")}; or RATE_LIMITS=off`
    : "for the sessions of those who sign in";
  return {
    ...backendShape("DATABASE"),
    RATE_LIMITS: switchSetting(true),
    DATABASE_URL: url
      .optional()
      .refine((value) => value || !isNeeded)
      .describe(isNeeded ? `${url.description}, ${reason}` : `${url.description}`),
  };
}

const secretText =
  "at least 32 secret characters, such as the output of `openssl rand -base64 32`; before older ones, separated by commas";
const secretsSetting = z
  .string()
  .transform((text) => text.split(",").map((secret) => secret.trim()))
  .refine((secrets) => secrets.every((secret) => secret.length >= 32))
  .describe(secretText);

const proxiesText = "the number of proxies in front of the gateway that add to X-Forwarded-For, from 0 to 10";
const proxiesSetting = z.coerce.number(proxiesText).int().min(0).max(10).describe(proxiesText);

const unknownText = "refuse or ignore: what to do with REST fields and parameters that no contract has";
const unknownSetting = z.enum(["refuse", "ignore"]).default("refuse").describe(unknownText);

const webDirSetting = z
  .string()
  .refine((folder) => existsSync(join(folder, "index.html")))
  .optional()
  .describe("the folder of the built web page, with index.html");

const noOrigins: ReadonlySet<string> = new Set();

const originsSetting = z
  .string()
  .transform(
    (text): ReadonlySet<string> =>
      new Set(
        text
          .split(",")
          .map((origin) => origin.trim())
          .filter(Boolean),
      ),
  )
  .refine((origins) => [...origins].every(isOrigin));

/** They must be of the same site: the customers' cookie is SameSite=Lax, so pages of other sites would not send it. */
const corsText =
  "origins of other pages of this site that may call, such as https://shop.example,http://localhost:5173";

const publicText = "the origins by which clients reach the gateway, such as https://shop.example";
const someOriginsSetting = originsSetting.refine(({ size }) => size > 0).describe(publicText);

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
