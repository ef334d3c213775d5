import { colored } from "../log/color.ts";
import type { AppState } from "../process/supervisor.ts";
import type { Replica } from "./replicas.ts";

/** Prints a line when a replica becomes ready, except during the start of the mesh. */
export class ReadyNotices {
  isStarting = true;
  readonly #print: (text: string) => void;
  readonly #wereReady = new Set<string>();

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  readonly onState = ({ name }: Replica, state: AppState): void => {
    if (state !== "ready") return;
    const again = this.#wereReady.has(name) ? " again" : "";
    if (!this.isStarting) this.#print(colored("gray", `${name} is ready${again}`));
    this.#wereReady.add(name);
  };
}
