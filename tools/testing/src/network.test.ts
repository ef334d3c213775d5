import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { testNetwork } from "./network.ts";

test("bytes stay in order when a delay ends", async () => {
  let received = "";
  const server = createServer((socket) => socket.on("data", (bytes) => (received += bytes)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  await using network = await testNetwork(`tcp://127.0.0.1:${port}`);
  const client = connect(Number(new URL(network.url).port), "127.0.0.1");
  await once(client, "connect");
  network.delayMs = 300;
  client.write("first ");
  await expect.poll(() => network.sent).toBe(1);
  network.delayMs = 0;
  client.write("second");
  await expect.poll(() => received).toBe("first second");
  client.destroy();
  server.close();
});
