import { status } from "@grpc/grpc-js";
import { expect, inject, test } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, echo, echoHandlers, notes } from "../fixtures/servers.ts";
import { decodeDetails } from "./error-details.ts";
import { implement } from "./index.ts";

const negative = {
  code: "INVALID_ARGUMENT",
  message: "not a valid test.v1.Note: number: must be at least 0",
  violations: [{ field: "number", description: "must be at least 0", rule: "int32.gte" }],
};

/** The bytes of a note that the rules forbid. */
const forbidden = EchoService.methods.unary?.input.encode({ text: "", number: -1 }) ?? new Uint8Array();
/** A field of 100 bytes, of which there are none. */
const malformed = Uint8Array.of(0x0a, 100);

test("a client checks what it sends, and sends nothing that is wrong", async () => {
  const { server, client } = await echo();
  // With no server a call that got further would end in another error.
  await server.close();
  await expect(client.unary({ number: -1 })).rejects.toMatchObject(negative);
  await expect(collect(client.down({ number: -1 }))).rejects.toMatchObject(negative);
});

test("each message of a stream is checked before it is sent", async () => {
  const received: number[] = [];
  const { client } = await echo({
    async up(requests) {
      for await (const { number } of requests) received.push(number);
      return { text: "all", number: 0 };
    },
  });
  await expect(client.up(notes(1, 2, -1))).rejects.toMatchObject(negative);
  await expect(collect(client.both(notes(1, -1)))).rejects.toMatchObject(negative);
  expect(received.filter((number) => number < 0)).toEqual([]);
});

test("a server checks what it gets, each message of a stream too", async () => {
  const { server } = await echo();
  const raw = rawClient(server.address);
  const results = [
    await raw.unary("/test.v1.EchoService/Unary", forbidden),
    await raw.clientStream("/test.v1.EchoService/Up", [new Uint8Array(), forbidden]),
  ];
  for (const { error } of results) {
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    const [details] = error?.metadata.get("grpc-status-details-bin") ?? [];
    expect(decodeDetails(details as Buffer)).toMatchObject(negative);
  }
});

test("bytes that are no protobuf are the caller's fault", async () => {
  const { server } = await echo();
  const raw = rawClient(server.address);
  for (const { error } of [
    await raw.unary("/test.v1.EchoService/Unary", malformed),
    await raw.clientStream("/test.v1.EchoService/Up", [new Uint8Array(), malformed]),
  ]) {
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, details: "these bytes are not a test.v1.Note" });
  }
});

test.skipIf(inject("local"))("a service whose response can't be read is at fault, and named", async () => {
  const methods = Object.entries(EchoService.methods).map(([name, method]) => {
    return [name, { ...method, output: { ...method.output, encode: () => malformed } }] as const;
  });
  const definition = { ...EchoService, methods: Object.fromEntries(methods) };
  let isLeft = false;
  async function* down() {
    try {
      for (let number = 0; ; number++) yield { text: "x", number };
    } finally {
      isLeft = true;
    }
  }
  const { client } = await echo({}, { services: [implement(definition, { ...echoHandlers, down })] });
  const message = expect.stringMatching(
    /^test sent a wrong response to test.v1.EchoService\/\w+: its bytes are not a test.v1.Note/,
  );
  await expect(client.unary({})).rejects.toMatchObject({ code: "INTERNAL", message });
  await expect(collect(client.down({}))).rejects.toMatchObject({ code: "INTERNAL", message });
  await expect.poll(() => isLeft).toBe(true);
});
