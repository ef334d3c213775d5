import { expect, onTestFinished, test } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { EchoService } from "../../fixtures/echo.ts";
import { testAuthority } from "../../fixtures/identities.ts";
import { scopeWith, serveEcho } from "../../fixtures/servers.ts";
import { type ConnectOptions, connect, createEventSignatures, createIdentity, type RunningServer } from "../index.ts";

function connectTo(
  { address }: Pick<RunningServer, "address">,
  credentials: NonNullable<ConnectOptions["credentials"]>,
  options: Partial<ConnectOptions> = {},
) {
  const upstream = connect(EchoService, { address, credentials, ...options });
  onTestFinished(() => upstream.close());
  return upstream;
}

test("ids with several path segments, as SPIRE gives them, are names for both ends, tokens and events", async () => {
  const authority = await testAuthority();
  const idPaths = ["ns/shop/sa/{name}", "ns/edge/sa/{name}"];
  const as = async (path: string) => createIdentity(await authority.files(path), { idPaths });
  const [server, orders, payments] = [
    await as("ns/shop/sa/test"),
    await as("ns/edge/sa/orders"),
    await as("ns/shop/sa/payments"),
  ];
  const seen: unknown[] = [];
  const running = await serveEcho(
    {
      async unary(request, context) {
        seen.push([Reflect.get(context, "call").caller, context.principal]);
        return request;
      },
    },
    { credentials: server },
  );
  const principal = { kind: "service", id: "orders" } as const;
  await connectTo(running, orders).bind(scopeWith({ principal })).unary({});
  expect(seen).toEqual([["orders", principal]]);
  const { log, lines } = capturedLog();
  const wrong = await serveEcho({}, { credentials: payments });
  await expect(connectTo(wrong, orders, { log }).client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(lines).toMatchObject([{ reason: "its certificate has the name payments, not test" }]);
  const event = { id: "1", subject: "payments.v1.paid", service: "payments", payload: new Uint8Array([1]) };
  const signature = await createEventSignatures(payments).sign(event, principal);
  expect(await createEventSignatures(server).verify(signature, event)).toEqual(principal);
  // A namespace that the mesh does not list, and a path of one segment, are no names.
  for (const path of ["ns/other/sa/orders", "orders"]) {
    const files = await authority.files(path);
    expect(() => createIdentity(files, { idPaths })).toThrow("no id such as spiffe://mesh.local/ns/shop/sa/orders");
    const { client } = connectTo(running, { ...files, serverName: "localhost" });
    await expect(client.unary({}, { timeoutMs: 10_000 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  }
  expect(seen).toHaveLength(1);
});
