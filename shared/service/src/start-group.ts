import { LocalServices, shareServices } from "@mesh/rpc";
import {
  announceReady,
  createLogger,
  joinSettingsErrors,
  openProcessGroup,
  runProcess,
  SettingsError,
  settingsOrExit,
  startTelemetry,
} from "@mesh/runtime";
import { collectServices } from "./grouped-services.ts";
import { migrateStores } from "./migrate-stores.ts";
import { openServices } from "./open-services.ts";
import { readServices } from "./settings.ts";

/** Loads a program: the main.ts of a service or of the gateway. */
export type LoadProgram = () => Promise<unknown>;

/** Programs that become one process. */
export interface GroupOptions {
  /** Names the process in logs and telemetry. */
  readonly name: string;
  /** Those of services. */
  readonly services: readonly LoadProgram[];
  /** Others, which call these: that of the gateway. */
  readonly others?: readonly LoadProgram[];
}

/**
 * Runs the programs of several services, and of the gateway, as this process. None of them differs from what it is alone. Calls between
 * them stay in memory. Settings are those of each program, except that the database of each service has a variable of its own, such
 * as ORDERS_DATABASE_URL, and if there is a gateway, PORT is its port, and GRPC_PORT that of the services (default: any).
 * With the argument `migrate`, the process applies the missing migrations of the services, and ends.
 *
 * @throws Error if programs of services have options of their own, which can't be shared
 *
 * @example
 * ```ts no-run
 * import { startGroup } from "@mesh/service";
 *
 * const orders = () => import("./orders/src/main.ts" as string);
 * const payments = () => import("./payments/src/main.ts" as string);
 * await startGroup({ name: "sales", services: [orders, payments] });
 * ```
 */
export async function startGroup({ name, services, others = [] }: GroupOptions): Promise<void> {
  const group = openProcessGroup();
  const { list, transport } = await collectServices(services);
  const local = new LocalServices(list.map(({ definition }) => definition.name));
  shareServices(local);
  const hasOthers = others.length > 0;
  const wrong: SettingsError[] = [];
  const read = await settingsOf(async () => readServices(list, { hasOthers }), wrong);
  for (const load of others) await settingsOf(load, wrong);
  group.isRunning = true;
  if (!read || wrong.length > 0) {
    settingsOrExit(() => {
      throw joinSettingsErrors(wrong);
    });
    return;
  }
  const { config, services: configured, logLevel, telemetry } = read;
  const log = createLogger({ name, level: logLevel });
  const ownMs = (config.noticeMs ?? 0) + config.drainMs + 4_000;
  const closeTimeoutMs = group.processes.reduce((sum, { options }) => sum + (options.closeTimeoutMs ?? 15_000), ownMs);
  await runProcess({ log, closeTimeoutMs }, async (life) => {
    if (process.argv[2] === "migrate") {
      await migrateStores(configured, { life, log });
      await life.close();
      process.exit(0);
    }
    await startTelemetry(telemetry, { name, life, log });
    group.hasTelemetry = true;
    const { server, health } = await openServices(configured, config, { ...transport, life, log, local });
    log.info({ address: server.address }, "listening");
    for (const { main } of group.processes) await main(life);
    group.isAnnouncing = true;
    announceReady(health, ...group.healths);
  });
}

/** Returns what reads settings; undefined: they are wrong, and the error is added to the others. */
async function settingsOf<T>(read: () => Promise<T>, wrong: SettingsError[]): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    wrong.push(error);
    return undefined;
  }
}
