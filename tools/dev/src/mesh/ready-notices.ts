import { colored } from "../log/color.ts";
import type { AppState } from "../process/supervisor.ts";
import type { App } from "./app.ts";

/** Prints a line when an app becomes ready, except during the start of the mesh. */
export class ReadyNotices {
  isStarting = true;
  readonly #print: (text: string) => void;
  readonly #wereReady = new Set<string>();

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  readonly onState = ({ name }: App, state: AppState): void => {
    if (state !== "ready") return;
    const again = this.#wereReady.has(name) ? " again" : "";
    if (!this.isStarting) this.#print(colored("gray", `${name} is ready${again}`));
    this.#wereReady.add(name);
  };
}
