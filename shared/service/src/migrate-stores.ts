import type { Lifecycle, Logger } from "@mesh/runtime";
import { prepareOf } from "./prepare-store.ts";
import type { ConfiguredService } from "./settings.ts";

/**
 * Applies the missing migrations of the databases of services.
 *
 * @throws Error that names the file if a migration fails; see `openStore`
 */
export async function migrateStores(
  services: readonly ConfiguredService[],
  { life, log }: { readonly life: Lifecycle; readonly log: Logger },
): Promise<void> {
  const { openStore } = await import("@mesh/store");
  for (const { service, databaseUrl: url } of services) {
    const { definition, options } = service;
    if (!options.store || !url) continue;
    const prepare = await prepareOf(service);
    const store = await openStore({ ...options.store, prepare, name: definition.name, url, log, signal: life.signal });
    await store.close();
  }
  log.info("the databases have all migrations");
}
