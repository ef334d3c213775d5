import type { MuxHeader, MuxRequests, MuxResponses } from "@mesh/contracts/protocols/mesh/v1/index";
import { MuxRequestsMessage, MuxResponsesMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import { expect, test } from "vitest";
import { decodeRequests, decodeResponses } from "./envelope.ts";

const runs = 100;
const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/** Chooses by chance. */
const oneOf = <T>(...choices: readonly T[]): T => choices[Math.floor(Math.random() * choices.length)] as T;
const listOf = <T>(make: () => T): T[] => Array.from({ length: oneOf(0, 0, 1, 2, 5) }, make);
const number = () => oneOf(0, 1, 127, 128, 70_000, 2 ** 32 - 1);
const text = () => oneOf("", "a", "Grüße, 世界", "x".repeat(300));
const bytes = () => crypto.getRandomValues(new Uint8Array(oneOf(0, 1, 40)));

function header(): MuxHeader {
  const value = oneOf<MuxHeader["value"]>(
    undefined,
    { $case: "text", value: text() },
    { $case: "binary", value: bytes() },
  );
  return { name: text(), value };
}

function requests(): MuxRequests {
  const calls = listOf(() => ({
    id: number(),
    method: number(),
    path: text(),
    timeoutMs: number(),
    trace: oneOf("", trace),
    headers: listOf(header),
    signer: number(),
    signerText: text(),
    message: bytes(),
  }));
  return { calls, cancelled: listOf(number) };
}

function responses(): MuxResponses {
  const results = listOf(() => ({
    id: number(),
    message: bytes(),
    more: oneOf(true, false),
    code: number(),
    text: text(),
    headers: listOf(header),
    trailers: listOf(header),
    refused: oneOf(true, false),
  }));
  return { results, draining: oneOf(true, false), rejected: listOf(number) };
}

/** What was read, as plain objects with all fields. */
function plain(read: ReturnType<typeof decodeRequests>): MuxRequests {
  const calls = read.calls.map(({ traceBytes: _, ...fields }, at) => ({
    ...fields,
    trace: read.calls[at]?.trace ?? "",
  }));
  return { calls, cancelled: [...read.cancelled] };
}

test("envelopes are read as the generated code reads them", () => {
  for (let run = 0; run < runs; run++) {
    const sent = MuxRequestsMessage.encode(requests());
    expect(plain(decodeRequests(sent))).toEqual(MuxRequestsMessage.decode(sent));
    const received = MuxResponsesMessage.encode(responses());
    expect(decodeResponses(received)).toEqual(MuxResponsesMessage.decode(received));
  }
});

test("fields of later versions are skipped", () => {
  // 1,000: a varint; 1,001: eight bytes; 1,002: two bytes; 1,003: four bytes.
  const unknown = [0xc0, 0x3e, 5, 0xc9, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8, 0xd2, 0x3e, 2, 0, 0, 0xdd, 0x3e, 1, 2, 3, 4];
  const call = [8, 7, ...unknown];
  const read = decodeRequests(Uint8Array.from([...unknown, 10, call.length, ...call, 16, 9]));
  expect(read.calls.map(({ id }) => id)).toEqual([7]);
  expect(read.cancelled).toEqual([9]);
  expect(decodeResponses(Uint8Array.from([10, call.length, ...call, ...unknown])).results).toMatchObject([{ id: 7 }]);
});

test("what is malformed is rejected", () => {
  const malformed = {
    "a length beyond the end": [10, 200],
    "a field beyond its message": [10, 2, 122, 5, 1, 1, 1, 1, 1],
    "a number without an end": [10, 2, 8, 0xff, 0xff],
    "field 0": [0, 1],
    "an end of a group": [0x0c],
    "a type that does not exist": [0x0f],
    "bytes that are no text": [10, 3, 26, 1, 0xff],
  };
  for (const [what, parts] of Object.entries(malformed)) {
    expect(() => decodeRequests(Uint8Array.from(parts)), what).toThrow();
    // The first field of both has messages; field 3 of a result is a number, so it is a text in field 5.
    const ofResult = parts.map((byte) => (byte === 26 ? 42 : byte === 122 ? 18 : byte));
    expect(() => decodeResponses(Uint8Array.from(ofResult)), what).toThrow();
  }
});

test("a trace that can't be valid is none", () => {
  const sent = MuxRequestsMessage.encode({ calls: [{ ...callOf(trace) }, callOf("short"), callOf("")], cancelled: [] });
  const read = decodeRequests(sent).calls;
  expect(read.map((call) => call.trace)).toEqual([trace, "", ""]);
  expect(read.map((call) => call.isUnsampled)).toEqual([false, false, false]);
  const unsampled = MuxRequestsMessage.encode({ calls: [callOf(trace.replace(/01$/, "00"))], cancelled: [] });
  expect(decodeRequests(unsampled).calls[0]?.isUnsampled).toBe(true);
});

function callOf(text: string) {
  const message = new Uint8Array();
  return { id: 1, method: 0, path: "", timeoutMs: 0, trace: text, headers: [], signer: 0, signerText: "", message };
}
