// tRPC by its adapter for Fastify.
import { fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import fastify from "fastify";
import { trpcRequests } from "./trpc-requests.mjs";
import { trpcRouter } from "./trpc-router.mjs";

export async function startGateway(upstream) {
  const app = fastify({ routerOptions: { maxParamLength: 5_000 } });
  app.register(fastifyTRPCPlugin, { prefix: "/trpc", trpcOptions: { router: trpcRouter(upstream) } });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { port: app.server.address().port, requests: trpcRequests("/trpc") };
}
