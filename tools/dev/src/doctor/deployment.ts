import { join } from "node:path";
import { databaseUrlSetting, natsCredsSetting, natsUrlSetting, readSettings, telemetryShape } from "@mesh/runtime";
import * as z from "zod";
import { checkDatabase, checkMetrics, checkNats } from "./backends.ts";
import { certificateCheck } from "./certificate.ts";
import { type Check, fail, pass } from "./check.mjs";
import { checkGateway } from "./gateway.ts";

/** Checks a gateway, and the servers in the settings of a process. */
export async function checkDeployment(gatewayUrl: string | undefined): Promise<Check[]> {
  const gateway = gatewayUrl === undefined ? [] : await checkGateway(new URL(gatewayUrl));
  const settings = settingsOfProcess();
  if (settings instanceof Error) {
    const wrong = settings.message.split("\n").slice(1);
    return [
      ...gateway,
      ...wrong.map((line) => fail("Settings", line.trim(), "correct this variable: docs/settings.md")),
    ];
  }
  const { NATS_URL, NATS_CREDS, DATABASE_URL, MESH_TLS_DIR, METRICS_PORT, METRICS_HOST, HOST } = settings;
  const checks = await Promise.all([
    NATS_URL && checkNats(NATS_URL, NATS_CREDS),
    DATABASE_URL && checkDatabase(DATABASE_URL),
    MESH_TLS_DIR && certificateCheck(join(MESH_TLS_DIR, "tls.crt"), "renew it: docs/identity.md"),
    METRICS_PORT && checkMetrics(METRICS_HOST ?? HOST, METRICS_PORT),
  ]);
  const found = checks.filter((check) => typeof check === "object");
  if (found.length > 0) return [...gateway, ...found];
  const unset = "none in the environment, so NATS, PostgreSQL, certificate and metrics were not checked";
  return [...gateway, pass("Settings", unset)];
}

/** Reads the settings that processes of a mesh have in common, from variables or files; all may be missing. */
function settingsOfProcess() {
  try {
    return readSettings({
      NATS_URL: natsUrlSetting()
        .optional()
        .describe(natsUrlSetting().description ?? ""),
      DATABASE_URL: databaseUrlSetting()
        .optional()
        .describe(databaseUrlSetting().description ?? ""),
      NATS_CREDS: natsCredsSetting(),
      MESH_TLS_DIR: z.string().optional(),
      HOST: z.string().default("127.0.0.1"),
      METRICS_PORT: telemetryShape().METRICS_PORT,
      METRICS_HOST: z.string().optional(),
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
