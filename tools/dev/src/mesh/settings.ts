import { logLevelSetting, portSetting, readSettings, urlSetting } from "@mesh/runtime";
import { z } from "zod";

/** What a mesh in development can be told by environment variables; all may be left out. */
export type DevSettings = ReturnType<typeof readDevSettings>;

/** Reads them. @throws SettingsError naming all that are wrong */
export function readDevSettings(env: NodeJS.ProcessEnv = process.env) {
  return readSettings(
    {
      /** An existing NATS instead of our own. */
      NATS_URL: urlSetting("nats", "tls").optional(),
      /** An existing PostgreSQL instead of our own: an account that may create databases and roles. */
      MESH_POSTGRES_URL: urlSetting("postgres", "postgresql").optional(),
      /** Where to begin to look for a free port. */
      GATEWAY_PORT: portSetting(4000),
      WEB_PORT: portSetting(5173),
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
