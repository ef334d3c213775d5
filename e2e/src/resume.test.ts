import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FeedMessage } from "@mesh/contracts";
import type { OrderConfirmed } from "@mesh/contracts/orders/v1";
import { forkProgram, type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { cookieJar, createShopper, orderOf, type Shopper } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

/** Longer than the silence after which a client opens its subscription again. */
const sleepMs = Number(process.env.MESH_SLEEP_MS ?? 8_000);

const waiting = { timeout: 120_000 };

let mesh: RunningMesh;
let productId: string;

beforeAll(async () => {
  mesh = await startMesh({ replicas: { gateway: 2 } });
  productId = await putOnSale(mesh, "Patient Barometer", 10_000n);
}, 300_000);

afterAll(() => mesh?.close());

/** A load balancer: passes connections on to one gateway. */
async function openBalancer() {
  const sockets = new Set<Socket>();
  let target = "gateway-1";
  const server = createServer((socket) => {
    const [host, port] = mesh.addressOf(target).split(":");
    const upstream = connect(Number(port), host);
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.pipe(upstream).pipe(socket);
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    // A server that listens on a port has an address of this kind.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    use(gateway: "gateway-1" | "gateway-2") {
      target = gateway;
      cut();
    },
  };
}

type Received = { readonly id: string } & (FeedMessage<OrderConfirmed> | { readonly type: "error" });

/** Starts a client in a process of its own. Returns what it has received so far. */
async function startReader(url: string, cookie: string): Promise<{ received: Received[]; process: ChildProcess }> {
  const program = fileURLToPath(new URL("../fixtures/feed-reader.ts", import.meta.url));
  const child = await forkProgram(program, [url, cookie], { stdio: "inherit" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const received: Received[] = [];
  // The process sends nothing else.
  child.on("message", (message) => received.push(message as Received));
  return { received, process: child };
}

/** Places an order, also while a part of the mesh restarts. */
async function place(shopper: Shopper): Promise<string> {
  const request = orderOf([{ productId, quantity: 1 }]);
  // The same key places the same order.
  for (const until = Date.now() + 120_000; ; await pause(200)) {
    try {
      return (await shopper.orders.placeOrder.mutate(request)).order.id;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

it("a client receives each event once, in order, whatever is lost", { timeout: 600_000 + sleepMs }, async () => {
  const balancer = await openBalancer();
  const jar = cookieJar();
  const shopper = createShopper(`http://${mesh.addressOf("gateway-2")}`, { jar });
  const placed = [await place(shopper)];
  const { received, process: reader } = await startReader(balancer.url, jar.cookie());
  await expect.poll(() => received[0]?.type, waiting).toBe("started");
  const orders = () => received.flatMap((one) => (one.type === "event" ? [one.event.orderId] : []));

  const losses: Record<string, () => Promise<unknown>> = {
    "its gateway is killed, and another one is there": async () => {
      await mesh.apps["gateway-1"]?.kill("SIGKILL");
      balancer.use("gateway-2");
      await mesh.apps["gateway-1"]?.start();
    },
    "its connection is cut": async () => balancer.cut(),
    "it is moved to the other gateway": async () => balancer.use("gateway-1"),
    "the service restarts": async () => {
      await mesh.apps.orders?.kill("SIGTERM");
      await mesh.apps.orders?.start();
    },
    "NATS is killed": async () => {
      await mesh.nats.kill();
      await mesh.nats.restart();
    },
    "it sleeps": async () => {
      reader.kill("SIGSTOP");
      placed.push(await place(shopper), await place(shopper));
      await pause(sleepMs);
      reader.kill("SIGCONT");
    },
    "its gateway ends": async () => {
      await mesh.apps["gateway-1"]?.kill("SIGTERM");
      balancer.use("gateway-2");
    },
  };
  for (const [name, lose] of Object.entries(losses)) {
    placed.push(await place(shopper));
    const losing = lose();
    placed.push(await place(shopper));
    await losing;
    placed.push(await place(shopper));
    const expected = placed.slice(1).sort();
    await expect.poll(() => [name, orders().sort()], waiting).toEqual([name, expected]);
  }
  const others = received.filter(({ type }) => type !== "event" && type !== "position");
  expect(others.map(({ type }) => type)).toEqual(["started"]);
  const sequences = received.map(({ id }) => Number(id.split("-")[1]));
  expect(sequences).toEqual([...sequences].sort((one, other) => one - other));
});
