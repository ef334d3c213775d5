import { isFreeEverywhere } from "../ports/free-port.ts";
import { type HeldPort, holdPort } from "../ports/held-port.ts";
import type { App } from "./app.ts";
import type { Replica } from "./replicas.ts";
import type { DevSettings } from "./settings.ts";

/** The port of each replica, by its name. A port is held until its replica starts. */
export class AddressBook {
  readonly ports = new Map<string, number>();
  readonly #held = new Map<string, HeldPort>();
  readonly #first: Readonly<Record<App["kind"], number>>;

  constructor(settings: DevSettings) {
    this.#first = { service: 0, gateway: settings.GATEWAY_PORT, web: settings.WEB_PORT };
  }

  /** Finds a port for a server of this process. @param first the first port to try; 0: any */
  async find(first: number): Promise<number> {
    const port = await holdPort(first);
    await port.release();
    return port.number;
  }

  /** Finds a port for a replica, and holds it. */
  async add({ app, name }: Replica): Promise<void> {
    const port = await holdPort(this.#first[app.kind]);
    this.#held.set(name, port);
    this.ports.set(name, port.number);
  }

  /** Releases the port of a replica that is about to start. */
  async release({ name }: Replica): Promise<void> {
    await this.#held.get(name)?.release();
    this.#held.delete(name);
  }

  /** Finds another port for a stopped replica if another process took its port. Returns whether it did. */
  async reassign(replica: Replica): Promise<boolean> {
    if (await isFreeEverywhere(this.ports.get(replica.name) ?? 0)) return false;
    await this.add(replica);
    return true;
  }
}
