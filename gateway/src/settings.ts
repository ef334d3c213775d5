import { durationSetting, logLevelSetting, peersSetting, portSetting, readSettings } from "@mesh/runtime";
import { z } from "zod";
import { services } from "./router.ts";

/** Lets a clone run without any setting; whoever knows it can be any customer, so production refuses to start with it. */
const developmentSecret = "a secret for development that everybody knows";

/** How long load balancers in production are told that the gateway is ending before it takes no more calls. */
const noticeMs = 5_000;

/** Reads the settings of the gateway. @throws SettingsError naming all that are wrong */
export function gatewaySettings(env?: Readonly<Record<string, string | undefined>>) {
  const { NODE_ENV } = readSettings({ NODE_ENV: z.string().default("development") }, env);
  const isProduction = NODE_ENV === "production";
  const settings = readSettings(shapeFor(isProduction), env);
  return {
    host: settings.HOST,
    port: settings.PORT,
    peers: settings.MESH_PEERS,
    cookieSecret: settings.COOKIE_SECRET,
    origins: settings.CORS_ORIGINS,
    proxies: settings.PROXIES,
    ignoreUnknown: settings.REST_UNKNOWN_FIELDS === "ignore",
    logLevel: settings.LOG_LEVEL,
    noticeMs: isProduction ? noticeMs : 0,
    shutdownMs: settings.SHUTDOWN_MS,
    isProduction,
  };
}

/** What the gateway is set up by. */
export type GatewaySettings = ReturnType<typeof gatewaySettings>;

function shapeFor(isProduction: boolean) {
  return {
    HOST: z.string().default("127.0.0.1").describe("the address to listen on"),
    PORT: portSetting(4000),
    MESH_PEERS: peersSetting(Object.keys(services)),
    COOKIE_SECRET: isProduction ? secretSetting : secretSetting.default(developmentSecret).describe(secretText),
    CORS_ORIGINS: originsSetting,
    PROXIES: proxiesSetting,
    REST_UNKNOWN_FIELDS: unknownSetting,
    LOG_LEVEL: logLevelSetting(),
    SHUTDOWN_MS: durationSetting(isProduction ? 15_000 : 1_000),
  };
}

const secretText = "at least 32 characters that nobody else knows, such as `openssl rand -base64 32` gives";
const secretSetting = z.string().min(32).describe(secretText);

const proxiesText = "how many proxies in front add to X-Forwarded-For, from 0 to 10";
const proxiesSetting = z.coerce.number(proxiesText).int().min(0).max(10).default(0).describe(proxiesText);

const unknownText =
  "refuse or ignore: what becomes of fields and parameters that a REST request has and no contract knows";
const unknownSetting = z.enum(["refuse", "ignore"]).default("refuse").describe(unknownText);

/** Of the same site, as the customers' cookie is SameSite=Lax: pages of other sites would call without it. */
const originsSetting = z
  .string()
  .default("")
  .transform(
    (text) =>
      new Set(
        text
          .split(",")
          .map((origin) => origin.trim())
          .filter(Boolean),
      ),
  )
  .refine((origins) => [...origins].every(isOrigin))
  .describe(
    "the origins of other pages of this site that may call, such as https://shop.example,http://localhost:5173",
  );

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
