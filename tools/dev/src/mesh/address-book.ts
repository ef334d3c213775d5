import { type HeldPort, holdPort, isFreeEverywhere } from "../ports/held-port.ts";
import type { App } from "./app.ts";
import type { DevSettings } from "./settings.ts";

/** Which app has which port. */
export interface AddressBook {
  readonly ports: ReadonlyMap<string, number>;
  /** Finds a port for an app that is new, and holds it. */
  add(app: App): Promise<void>;
  /** Gives a port free for the app that is about to start. */
  release(app: App): Promise<void>;
  /** Where somebody else took the port of an app that is gone: finds another. Returns whether it did. */
  reassign(app: App): Promise<boolean>;
}

/** Finds a port for each app, and holds it for as long as the app has not started. */
export async function openAddressBook(apps: readonly App[], settings: DevSettings): Promise<AddressBook> {
  const held = new Map<string, HeldPort>();
  const ports = new Map<string, number>();
  const first = { service: 0, gateway: settings.GATEWAY_PORT, web: settings.WEB_PORT };
  const hold = async (app: App) => {
    const port = await holdPort(first[app.kind]);
    held.set(app.name, port);
    ports.set(app.name, port.number);
  };
  for (const app of apps) await hold(app);
  return {
    ports,
    add: hold,
    async release({ name }) {
      await held.get(name)?.release();
      held.delete(name);
    },
    async reassign(app) {
      if (await isFreeEverywhere(ports.get(app.name) ?? 0)) return false;
      await hold(app);
      return true;
    },
  };
}
