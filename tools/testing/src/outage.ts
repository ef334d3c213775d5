import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepFolder, type RunningServer, type ServerOptions } from "@mesh/dev";

/** A server that a test may take away and give back. */
export interface FragileServer extends AsyncDisposable {
  /** The same for as long as it lives, outages included. */
  readonly url: string;
  /** Begins an outage. */
  stop(): Promise<void>;
  /** Begins an outage the hard way, with SIGKILL. */
  kill(): Promise<void>;
  /** Ends an outage: the same address, the same data. */
  restart(): Promise<void>;
}

/** Starts a server with its data in a temporary folder; disposing of it removes both. */
export async function openFragile(start: (options: ServerOptions) => Promise<RunningServer>): Promise<FragileServer> {
  const dir = await mkdtemp(join(tmpdir(), "mesh-test-"));
  const spare = keepFolder(dir);
  let server = await start({ dir });
  const stop = () => server.stop();
  return {
    url: server.url,
    stop,
    async kill() {
      process.kill(server.pid, "SIGKILL");
      await server.exited;
    },
    async restart() {
      await stop();
      server = await start({ dir, port: server.port });
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(dir, { recursive: true, force: true });
      spare();
    },
  };
}
