import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { silent } from "../../fixtures/mesh.ts";
import { defaultLimits as limits } from "../limits/limits.ts";
import { serveConnections } from "./connections.ts";

it("forgets a connection whose client leaves in the middle of a response", async () => {
  let closed = 0;
  const server = createServer();
  const connections = serveConnections(
    server,
    (_request, response) => {
      response.once("close", () => closed++);
      response.write("some of it");
    },
    { limits, isDirect: true, log: silent },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());

  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(socket, "data");
  expect(connections.count()).toBe(1);
  socket.destroy();
  await expect.poll(() => closed).toBe(1);
  expect(connections.count()).toBe(0);
});
