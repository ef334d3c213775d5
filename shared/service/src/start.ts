import { announceReady, createLogger, runProcess, settingsOrExit, startTelemetry } from "@mesh/runtime";
import { noteServices } from "./grouped-services.ts";
import { migrateStores } from "./migrate-stores.ts";
import { openServices, type TransportOptions } from "./open-services.ts";
import type { Service } from "./service.ts";
import { readServices } from "./settings.ts";

/**
 * Runs a service, or several, as this process, set up by the environment: HOST, PORT, DATABASE_URL, NATS_URL, MESH_PEERS,
 * MESH_ADVERTISE, MESH_TLS_DIR, LOG_LEVEL, SHUTDOWN_MS and the services' own settings. If there are several, the database of each has a variable of its
 * own, such as ORDERS_DATABASE_URL. With NODE_ENV=production it reports that it is ending for 5 s first. Wrong settings
 * end the process with exit code 2 and a message that names all of them. With the argument `migrate`, the process applies the
 * missing migrations, and ends with 0, or with 1 if one fails. In a group, `startGroup` runs the services instead.
 *
 * @example
 * ```ts
 * import { PaymentError, PaymentService } from "@mesh/contracts/payments/v1";
 * import { service, start } from "@mesh/service";
 *
 * const unknown = async ({ orderId }: { orderId: string }) => {
 *   throw PaymentError.paymentNotFound({ orderId });
 * };
 * const payments = service(PaymentService, {}, {
 *   getPayment: unknown,
 *   refundPayment: unknown,
 * });
 *
 * export const main = () => start(payments); // `await start(payments)` in main.ts
 * ```
 */
export async function start(services: Service | readonly Service[], options: TransportOptions = {}): Promise<void> {
  const list = "definition" in services ? [services] : services;
  if (noteServices(list, options)) return;
  const name = list.map(({ definition }) => definition.name).join("+");
  const { config, services: configured, logLevel, telemetry } = settingsOrExit(() => readServices(list));
  const log = createLogger({ name, level: logLevel });
  // In production 24 s: orchestrators that give 25 s or more need not kill it.
  const closeTimeoutMs = (config.noticeMs ?? 0) + config.drainMs + 4_000;
  await runProcess({ log, closeTimeoutMs }, async (life) => {
    if (process.argv[2] === "migrate") {
      await migrateStores(configured, { life, log });
      await life.close();
      process.exit(0);
    }
    let isReady = () => false;
    await startTelemetry(telemetry, { name, life, log, isReady: () => isReady() });
    const { server, health } = await openServices(configured, config, { ...options, life, log });
    isReady = health.ready;
    log.info({ address: server.address }, "listening");
    announceReady(health);
  });
}
