import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { keptKey } from "./keys.ts";
import { createProvider, type IssuerClient, type IssuerHandler } from "./provider.ts";

/** An issuer of OpenID Connect for development and tests. */
export interface RunningIssuer {
  /** `http://127.0.0.1:4010` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Options of an issuer. */
export interface IssuerOptions {
  /** A folder for its key; created if it is missing. */
  readonly dir: string;
  readonly port: number;
  /** The programs that it knows. Called when it is first used. */
  readonly clients: () => readonly IssuerClient[];
  /** The audience of access tokens. Default: `typemesh`. */
  readonly audience?: string;
  /** How long an access token is valid, in seconds. Default: 300. */
  readonly tokenLifeS?: number;
}

/**
 * Starts an issuer in this process, on 127.0.0.1. Its library is loaded by the first request, so that a start does not wait
 * for it.
 *
 * @throws Error if the port is taken
 */
export async function startIssuer(options: IssuerOptions): Promise<RunningIssuer> {
  const url = `http://127.0.0.1:${options.port}`;
  let loading: Promise<IssuerHandler> | undefined;
  const server = createServer(async (request, response) => {
    loading ??= load(url, options);
    try {
      await (await loading)(request, response);
    } catch (error) {
      loading = undefined;
      response.writeHead(500).end(`${error instanceof Error ? error.message : error}\n`);
    }
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  // It alone keeps no process alive.
  server.unref();
  return { url, stop: () => stop(server) };
}

async function load(url: string, { dir, clients, audience = "typemesh", tokenLifeS = 300 }: IssuerOptions) {
  await mkdir(dir, { recursive: true });
  const key = await keptKey(dir);
  const secret = randomBytes(32).toString("base64url");
  return createProvider({ url, key, secret, clients: clients(), audience, tokenLifeS });
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
