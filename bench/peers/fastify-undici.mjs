// JSON over HTTP/1.1: Fastify, called by undici. The stream is a JSON text a line.
import { Readable } from "node:stream";
import fastify from "fastify";
import { Pool } from "undici";
import { placeOrder, stockJson, watched, watchStock } from "./messages.mjs";

export async function startServer() {
  const app = fastify();
  app.post("/place", async ({ body }) => placeOrder(body));
  app.post("/watch", async (_request, reply) => reply.type("application/jsonl").send(Readable.from(lines())));
  return app.listen({ host: "127.0.0.1", port: 0 });
}

function* lines() {
  for (const message of watchStock(stockJson)) yield `${JSON.stringify(message)}\n`;
}

export function openClient(address) {
  const pool = new Pool(address);
  const headers = { "content-type": "application/json" };
  const post = (path, body) => pool.request({ method: "POST", path, headers, body: JSON.stringify(body) });
  return {
    placeOrder: async (order) => {
      const { statusCode, body } = await post("/place", order);
      if (statusCode !== 200) throw new Error(`${statusCode}: ${await body.text()}`);
      return body.json();
    },
    watchStock: async (onMessage) => {
      const { body } = await post("/watch", watched);
      body.setEncoding("utf8");
      let rest = "";
      for await (const chunk of body) {
        const texts = (rest + chunk).split("\n");
        rest = texts.pop();
        for (const text of texts) onMessage(JSON.parse(text));
      }
    },
  };
}
