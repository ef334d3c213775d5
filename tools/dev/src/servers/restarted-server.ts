import { repeat } from "@mesh/runtime";
import type { RunningServer, ServerOptions } from "./server.ts";

/** A server with one address for as long as it is used. */
export interface RestartedServer {
  readonly url: string;
  /** The process that runs now. */
  readonly pid: number;
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

/** The longest pause between failed attempts to restart. */
const retryMs = 1_000;

/** Starts a server, and restarts it on the same port whenever it ends unexpectedly. */
export async function startWithRestarts({ name, start, dir, onNotice }: RestartOptions): Promise<RestartedServer> {
  const stopping = new AbortController();
  let server = await start({ dir });
  const { url, port } = server;

  async function restart(): Promise<void> {
    onNotice(`${name} ended unexpectedly; restarting it`);
    server = await start({ dir, port });
    await server.exited;
  }

  const onFailure = (error: unknown) => onNotice(error instanceof Error ? error.message : String(error));
  const options = { signal: stopping.signal, backoff: { baseMs: retryMs, maxMs: retryMs }, onFailure };
  void server.exited.then(() => repeat(restart, options));
  return {
    url,
    get pid() {
      return server.pid;
    },
    stop: () => {
      stopping.abort();
      return server.stop();
    },
  };
}
