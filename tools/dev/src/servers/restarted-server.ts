import { setTimeout as delay } from "node:timers/promises";
import type { RunningServer, ServerOptions } from "./server.ts";

/** A server with one address for as long as it is used. */
export interface RestartedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Settings of a server that is restarted. */
export interface RestartOptions {
  /** For notices. */
  readonly name: string;
  readonly start: (options: ServerOptions) => Promise<RunningServer>;
  readonly dir: string;
  readonly onNotice: (text: string) => void;
}

/** The delay between failed attempts to restart. */
const retryMs = 1_000;

/** Starts a server, and restarts it on the same port whenever it ends unexpectedly. */
export async function startWithRestarts(options: RestartOptions): Promise<RestartedServer> {
  const { start, dir } = options;
  let server = await start({ dir });
  let isStopping = false;

  async function watch(): Promise<void> {
    await server.exited;
    while (!isStopping) {
      const next = await restart(options, server.port);
      if (next) server = next;
      await (next ? next.exited : delay(retryMs));
    }
  }

  void watch();
  return {
    url: server.url,
    stop: () => {
      isStopping = true;
      return server.stop();
    },
  };
}

/** Returns undefined if the server does not start. */
async function restart({ name, start, dir, onNotice }: RestartOptions, port: number) {
  onNotice(`${name} ended unexpectedly; restarting it`);
  return start({ dir, port }).catch((error: Error) => onNotice(error.message));
}
