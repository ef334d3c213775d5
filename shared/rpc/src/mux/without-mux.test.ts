import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { expect, onTestFinished, test, vi } from "vitest";
import { collect, connectEcho } from "../../fixtures/servers.ts";

const minuteMs = 60_000;

interface BareCall {
  readonly request: Buffer;
  write(bytes: Buffer): void;
  end(): void;
  emit(event: "error", error: object): void;
}

/** Serves the echo service with grpc-js as it is, and counts the calls of the mux, which end as those of an unknown method. */
async function serveWithoutMux() {
  const asked = { Open: 0, Stream: 0 };
  const server = new Server();
  const asIs = (bytes: Buffer) => bytes;
  const unary: handleUnaryCall<Buffer, Buffer> = ({ request }, done) => done(null, request);
  const down = (call: BareCall) => {
    call.write(call.request);
    call.end();
  };
  server.register("/test.v1.EchoService/Unary", unary, asIs, asIs, "unary");
  server.register("/test.v1.EchoService/Down", down, asIs, asIs, "serverStream");
  for (const [name, type] of [
    ["Open", "bidi"],
    ["Stream", "serverStream"],
  ] as const) {
    const path = `/mesh.v1.Mux/${name}`;
    const reject = (call: BareCall) => {
      asked[name] += 1;
      const details = `The server does not implement the method ${path}`;
      call.emit("error", { code: status.UNIMPLEMENTED, details });
    };
    server.register(path, reject, asIs, asIs, type);
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  onTestFinished(() => server.forceShutdown());
  return { address: `127.0.0.1:${port}`, asked };
}

test.each(["Open", "Stream"] as const)("a server without Mux/%s is asked once in five minutes", async (name) => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const { address, asked } = await serveWithoutMux();
  const { client } = connectEcho({ address });
  const call = async (number: number) =>
    name === "Open" ? [await client.unary({ number })] : collect(client.down({ number }));
  for (let number = 1; number <= 20; number++) expect(await call(number)).toMatchObject([{ number }]);
  expect(asked[name]).toBe(1);
  const askedAt = Date.now();
  vi.setSystemTime(askedAt + 5 * minuteMs - 1);
  await call(21);
  expect(asked[name]).toBe(1);
  vi.setSystemTime(askedAt + 5 * minuteMs);
  for (let number = 22; number <= 30; number++) expect(await call(number)).toMatchObject([{ number }]);
  expect(asked[name]).toBe(2);
});
