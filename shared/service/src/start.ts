import { peerName } from "@mesh/contracts";
import { announceReady, createLogger, runProcess, settingsOrExit } from "@mesh/runtime";
import { openService } from "./open.ts";
import type { Service } from "./service.ts";
import { serviceSettings } from "./settings.ts";

/**
 * Runs a service as this process, set up by its environment: HOST, PORT, DATABASE_URL, NATS_URL, MESH_PEERS, LOG_LEVEL, SHUTDOWN_MS
 * and the service's own settings. With NODE_ENV=production it gives notice of its end for 5 s first. Wrong settings end the process with exit code 2, and every one of them named.
 */
export async function start(service: Service): Promise<void> {
  const name = peerName(service.definition);
  const { config, logLevel } = settingsOrExit(() => serviceSettings(service));
  const log = createLogger({ name, level: logLevel });
  // In production 24 s: orchestrators that give 25 s or more need not kill it.
  const closeTimeoutMs = (config.noticeMs ?? 0) + config.drainMs + 4_000;
  await runProcess({ log, closeTimeoutMs }, async (life) => {
    const { server, health } = await openService(service, config, { life, log });
    log.info({ address: server.address }, "listening");
    announceReady(health);
  });
}
