// tRPC by its adapter for Node.
import { once } from "node:events";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { trpcRequests } from "./trpc-requests.mjs";
import { trpcRouter } from "./trpc-router.mjs";

export async function startGateway(upstream) {
  const server = createHTTPServer({ router: trpcRouter(upstream), basePath: "/trpc/" });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port, requests: trpcRequests("/trpc") };
}
