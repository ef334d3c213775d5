import { MuxRequestsMessage, MuxResponsesMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import { expect, test } from "vitest";
import { EchoService } from "../../fixtures/echo.ts";
import type { OutgoingStream } from "../client/outgoing-stream.ts";
import { UnaryCall } from "../client/unary-call.ts";
import { MuxSession } from "./mux-session.ts";

/** A stream whose server is the test. */
function openStream() {
  const sent: string[] = [];
  let respond: (bytes: Uint8Array) => void = () => {};
  const stream: OutgoingStream = {
    ended: new Promise(() => {}),
    async send(bytes) {
      const { calls, cancelled } = MuxRequestsMessage.decode(bytes);
      sent.push(...calls.map(({ id }) => `call ${id}`), ...cancelled.map((id) => `cancel ${id}`));
    },
    finish: () => void sent.push("end"),
    receive: () =>
      new Promise((resolve) => {
        respond = resolve;
      }),
    cancel: () => {},
  };
  return { stream, sent, respond: (bytes: Uint8Array) => respond(bytes) };
}

test("a call that is cancelled while the server begins to close is cancelled there before the stream ends", async () => {
  const { stream, sent, respond } = openStream();
  const session = new MuxSession(stream, { onClose() {}, onUnsupported() {}, onRefused() {} });
  const method = EchoService.methods.unary;
  if (!method) throw new Error("no method unary");
  const init = { upstream: "test", method, message: { text: "", number: 0 }, headers: {}, listeners: undefined };
  const call = new UnaryCall({ ...init, deadline: Date.now() + 60_000 });
  const response = call.response.catch(String);
  session.start(call, []);
  await expect.poll(() => sent).toEqual(["call 1"]);
  respond(MuxResponsesMessage.encode({ results: [], draining: true, rejected: [] }));
  call.cancel(new Error("left"));
  expect(await response).toBe("Error: left");
  await expect.poll(() => sent.at(-1)).toBe("end");
  expect(sent).toEqual(["call 1", "cancel 1", "end"]);
});
