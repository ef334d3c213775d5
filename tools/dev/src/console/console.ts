import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ConsoleApi } from "./api.ts";
import { rejectionOf } from "./guard.ts";
import type { PageFile } from "./page-files.ts";
import { consolePath } from "./paths.ts";
import { receiveTraces, tracesPath } from "./receive-traces.ts";
import type { ConsoleSource } from "./source.ts";
import { TraceMemory } from "./trace-memory.ts";

/** The console of a mesh in development. */
export interface RunningConsole {
  /** The address of its server, which also receives traces by OTLP: `http://127.0.0.1:4020`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Options of a console. */
export interface ConsoleOptions {
  readonly port: number;
  /** Returns the mesh; undefined: it is not open yet. */
  readonly source: () => ConsoleSource | undefined;
}

/** Headers of every response: the page loads and connects to nothing else, and is in no frame of another one. */
const headers = {
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/**
 * Starts a console in this process, on 127.0.0.1. It receives traces from its start, and loads the rest with the first request of
 * a page.
 *
 * @throws Error if the port is taken
 */
export async function startConsole({ port, source }: ConsoleOptions): Promise<RunningConsole> {
  const traces = new TraceMemory();
  let api: Promise<ConsoleApi> | undefined;
  let files: Promise<ReadonlyMap<string, PageFile>> | undefined;
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  const server = createServer(async (request, response) => {
    const mesh = source();
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://console");
    const rejection = rejectionOf(request, [...own, ...(mesh?.proxies ?? [])]);
    if (rejection) return send(response, 403, "text/plain; charset=utf-8", `${rejection}\n`);
    try {
      if (pathname === tracesPath) return response.writeHead(await receiveTraces(request, traces)).end();
      if (pathname === "/") return response.writeHead(302, { ...headers, Location: consolePath }).end();
      if (pathname.startsWith(`${consolePath}/api/`) && mesh) {
        api ??= import("./api.ts").then(({ createApi }) => createApi(mesh, traces));
        return await sendJson(response, await api, request, pathname.slice(`${consolePath}/api/`.length), searchParams);
      }
      if (pathname !== consolePath && !pathname.startsWith(`${consolePath}/`)) return sendNotFound(response);
      files ??= import("./page-files.ts").then(({ buildPage }) => buildPage());
      sendFile(response, await files, pathname.slice(consolePath.length + 1));
    } catch (error) {
      files = undefined;
      send(response, 500, "text/plain; charset=utf-8", `${error instanceof Error ? error.message : error}\n`);
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  // It alone keeps no process alive.
  server.unref();
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(server, api) };
}

async function sendJson(
  response: ServerResponse,
  { handlers }: ConsoleApi,
  { method }: IncomingMessage,
  path: string,
  query: URLSearchParams,
): Promise<void> {
  const result = await handlers.get(`${method} ${path}`)?.(query);
  if (result === undefined) return sendNotFound(response);
  send(response, 200, "application/json", JSON.stringify(result));
}

/** Sends a file, or the page for any other path below the console's. */
function sendFile(response: ServerResponse, files: ReadonlyMap<string, PageFile>, name: string): void {
  const file = files.get(name) ?? files.get("index.html");
  if (file) send(response, 200, file.type, file.content);
}

function sendNotFound(response: ServerResponse): void {
  send(response, 404, "text/plain; charset=utf-8", "not found\n");
}

function send(response: ServerResponse, status: number, type: string, content: string | Uint8Array): void {
  response.writeHead(status, { ...headers, "Content-Type": type }).end(content);
}

async function stop(server: Server, api: Promise<ConsoleApi> | undefined): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await (await api?.catch(() => undefined))?.close();
  await closed;
}
