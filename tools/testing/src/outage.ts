import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepFolder, type RunningServer, type ServerOptions } from "@mesh/dev";

/** A server that a test may stop and restart. */
export interface FragileServer extends AsyncDisposable {
  /** The same after a restart. */
  readonly url: string;
  /** The folder with its data and its configuration. */
  readonly dir: string;
  /** Makes the server read its configuration again. */
  reload(): void;
  /** Begins an outage. */
  stop(): Promise<void>;
  /** Begins an outage with SIGKILL. */
  kill(): Promise<void>;
  /** Ends an outage, with the same address and data. */
  restart(): Promise<void>;
  /** Stops the process without ending it: its connections stay open, and nothing responds. `thaw` continues it. */
  freeze(): void;
  /** Ends `freeze`. */
  thaw(): void;
}

/** Starts a server with its data in a temporary folder; disposing of it removes both. */
export async function openFragile(start: (options: ServerOptions) => Promise<RunningServer>): Promise<FragileServer> {
  const dir = await mkdtemp(join(tmpdir(), "mesh-test-"));
  const spare = keepFolder(dir);
  let server = await start({ dir });
  let isFrozen = false;
  const stop = () => server.stop();
  const thaw = () => {
    isFrozen = false;
    process.kill(server.pid, "SIGCONT");
  };
  return {
    url: server.url,
    dir,
    reload: () => void process.kill(server.pid, "SIGHUP"),
    stop,
    async kill() {
      process.kill(server.pid, "SIGKILL");
      await server.exited;
    },
    async restart() {
      await stop();
      server = await start({ dir, port: server.port });
    },
    freeze() {
      isFrozen = true;
      process.kill(server.pid, "SIGSTOP");
    },
    thaw,
    async [Symbol.asyncDispose]() {
      // A frozen process ends once it continues.
      if (isFrozen) thaw();
      await stop();
      await rm(dir, { recursive: true, force: true });
      spare();
    },
  };
}
