import { expect, onTestFinished, test } from "vitest";
import { EchoService, type Note } from "../../../fixtures/echo.ts";
import { serveReplica } from "../../../fixtures/replicas.ts";
import { staticDiscovery } from "../../index.ts";
import { grpcTransport } from "../transport.ts";
import { UnaryCall } from "../unary-call.ts";
import { BalancedTransport } from "./balanced-transport.ts";

const { unary: method } = EchoService.methods;
if (!method) throw new Error("the service has no method unary");

test("a call that is made again goes to the replicas that have not had it, and to any if all have", async () => {
  const servers = await Promise.all(["a", "b", "c"].map((id) => serveReplica(id)));
  const addresses = servers.map(({ address }) => address);
  const transport = new BalancedTransport({
    upstream: "test",
    discovery: staticDiscovery({ test: addresses }),
    connect: ({ address }) => {
      const plain = grpcTransport({ address, upstream: "test" });
      return { plain, calls: plain };
    },
    log: undefined,
    connectionAgeMs: 600_000,
  });
  onTestFinished(() => transport.close());
  await transport.opening;

  const call = async (tried: string[] | undefined) => {
    const init = { upstream: "test", method, message: { text: "", number: 0 }, headers: {}, listeners: undefined };
    const one = new UnaryCall({ ...init, deadline: Date.now() + 5_000, tried });
    transport.unary(one);
    return ((await one.response) as Note).text;
  };
  for (let round = 0; round < 20; round++) {
    const tried: string[] = [];
    const ids = [await call(tried), await call(tried), await call(tried)];
    expect(ids.toSorted()).toEqual(["a", "b", "c"]);
    expect(tried.toSorted()).toEqual(addresses.toSorted());
    expect(["a", "b", "c"]).toContain(await call(tried));
  }
});
