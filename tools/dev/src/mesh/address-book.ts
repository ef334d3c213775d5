import { isFreeEverywhere } from "../ports/free-port.ts";
import { type HeldPort, holdPort } from "../ports/held-port.ts";
import type { App } from "./app.ts";
import type { DevSettings } from "./settings.ts";

/** The port of each app. A port is held until its app starts. */
export class AddressBook {
  readonly ports = new Map<string, number>();
  readonly #held = new Map<string, HeldPort>();
  readonly #first: Readonly<Record<App["kind"], number>>;

  constructor(settings: DevSettings) {
    this.#first = { service: 0, gateway: settings.GATEWAY_PORT, web: settings.WEB_PORT };
  }

  /** Finds a port for an app, and holds it. */
  async add(app: App): Promise<void> {
    const port = await holdPort(this.#first[app.kind]);
    this.#held.set(app.name, port);
    this.ports.set(app.name, port.number);
  }

  /** Releases the port of an app that is about to start. */
  async release({ name }: App): Promise<void> {
    await this.#held.get(name)?.release();
    this.#held.delete(name);
  }

  /** Finds another port for a stopped app if another process took its port. Returns whether it did. */
  async reassign(app: App): Promise<boolean> {
    if (await isFreeEverywhere(this.ports.get(app.name) ?? 0)) return false;
    await this.add(app);
    return true;
  }
}
