import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { logLevelSetting, portSetting, readSettings, settingsOrExit, urlSetting } from "@mesh/runtime";
import * as z from "zod";
import { findApps } from "./app.ts";
import { layeredEnvironment } from "./layered-environment.ts";
import { checkReplicas, replicasSetting } from "./replicas.ts";

/** The settings of a mesh in development. All are optional environment variables. */
export type DevSettings = ReturnType<typeof readDevSettings>;

/** Adds the variables in the file .env of a clone, if there is one, to the environment. Does not replace any. */
export function loadEnvFile(root: string): void {
  const file = join(root, ".env");
  if (!existsSync(file)) return;
  Object.assign(process.env, layeredEnvironment(parseEnv(readFileSync(file, "utf8")), process.env));
}

/** Reads the settings. @throws SettingsError that names all wrong ones */
export function readDevSettings(env: NodeJS.ProcessEnv = process.env) {
  return readSettings(
    {
      /** The URL of a NATS to use instead of the embedded one. */
      NATS_URL: urlSetting("nats", "tls").optional(),
      /** The URL of a PostgreSQL to use instead of the embedded one. The account must create databases and roles. */
      MESH_POSTGRES_URL: urlSetting("postgres", "postgresql").optional(),
      /** The first port to try. */
      GATEWAY_PORT: portSetting(4000),
      WEB_PORT: portSetting(5173),
      ISSUER_PORT: portSetting(4010),
      CONSOLE_PORT: portSetting(4020),
      /** The URL of an issuer of OpenID Connect to use instead of the embedded one. */
      OIDC_ISSUER: urlSetting("http", "https").optional(),
      MESH_REPLICAS: replicasSetting(),
      LOG_LEVEL: logLevelSetting(),
      COOKIE_SECRET: z.string().min(32).optional().describe("at least 32 characters"),
      /** Names of services to debug, the first on port 9229, the next on 9230. */
      MESH_INSPECT: z
        .string()
        .regex(/^[\w-]+(,[\w-]+)*$/)
        .default("")
        .describe("names of services, separated by commas"),
    },
    env,
  );
}

/**
 * Reads the settings for a clone, with its file .env. If some are wrong, prints them on standard error and ends the process
 * with exit code 2.
 */
export async function settingsOfClone(root: string): Promise<DevSettings> {
  loadEnvFile(root);
  const settings = settingsOrExit(readDevSettings);
  const apps = await findApps(root);
  settingsOrExit(() => checkReplicas(settings.MESH_REPLICAS, apps));
  return settings;
}
