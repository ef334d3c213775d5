import { once } from "node:events";
import { connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { CatalogService } from "@mesh/contracts/testing/catalog/v1";
import { PaymentService } from "@mesh/contracts/testing/payments/v1";
import { connect as connectService } from "@mesh/rpc";
import { absentHandlers, recordedLog } from "@mesh/testing/service";
import { expect, onTestFinished, test } from "vitest";
import { openOne, payment, recordedLife } from "../fixtures/open-one.ts";
import { service } from "./service.ts";

/** Asks the catalog for each payment. */
const payments = service(
  PaymentService,
  { peers: { catalog: CatalogService } },
  {
    ...absentHandlers(PaymentService),
    async getPayment({ orderId }, { peers }) {
      await peers.catalog.listProducts({}).catch(() => undefined);
      return { payment: payment(orderId) };
    },
  },
);

const ok = "0";
const unimplemented = "12";

/** A server that has no method, and notes the paths of its calls. */
async function openUpstream() {
  const paths: string[] = [];
  const server = createServer();
  server.on("stream", (stream, headers) => {
    paths.push(headers[":path"] ?? "");
    stream.respond(
      { ":status": 200, "content-type": "application/grpc", "grpc-status": unimplemented },
      { endStream: true },
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

/** Returns the status with which a server ends a call of the mux that has no messages. */
async function statusOfMux(address: string): Promise<unknown> {
  const session = connect(`http://${address}`);
  onTestFinished(() => session.destroy());
  const path = "/mesh.v1.Mux/Open";
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.end();
  const [headers] = await once(stream, "response");
  return headers["grpc-status"];
}

test.each([false, true])(
  "a process with mux: %s has a stream for calls, and opens one, only if it is true",
  async (mux) => {
    const { log } = recordedLog();
    const { life } = recordedLife(log);
    onTestFinished(() => life.close());
    const catalog = await openUpstream();
    const { server } = await openOne(payments, { mux, peers: { catalog: catalog.address } }, { life, log });
    expect(await statusOfMux(server.address)).toBe(mux ? ok : unimplemented);
    const upstream = connectService(PaymentService, { address: server.address });
    onTestFinished(() => upstream.close());
    await upstream.client.getPayment({ orderId: crypto.randomUUID() });
    expect(catalog.paths).toContain("/catalog.v1.CatalogService/ListProducts");
    expect(catalog.paths.includes("/mesh.v1.Mux/Open")).toBe(mux);
  },
);
