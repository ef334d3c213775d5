// The contract of headers with other languages: docs/other-languages.md.
import { createHash, createPrivateKey, sign, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Codec, defineEvent, defineMessage } from "@mesh/contracts";
import { createAuthority, issueCertificate } from "@mesh/dev/authority";
import { createEventSignatures, createIdentity } from "@mesh/rpc";
import { newTrace } from "@mesh/runtime";
import { storeInStream } from "@mesh/testing";
import { headers as createHeaders, type JsMsg } from "nats";
import { expect, test, vi } from "vitest";
import * as z from "zod";
import { Happened } from "../fixtures/happened.ts";
import { type Context, openPart, unsent } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

/** An event as a released version sent it. */
interface Golden {
  readonly subject: string;
  /** In base64. */
  readonly bytes: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The authority of its signature. */
  readonly ca: string;
}

const goldenFile = new URL("../../../proto/mesh/v1/golden/event-headers.json", import.meta.url);
const golden: Golden = JSON.parse(await readFile(goldenFile, "utf8"));

/** Field 1 of the golden event is its key. */
const codec: Codec<{ orderId: string }> = {
  encode: ({ orderId }) => ({ finish: () => Buffer.from(orderId) }),
  decode: (bytes: Uint8Array) => ({ orderId: Buffer.from(bytes).toString("latin1", 2, 38) }),
};
const Placed = defineEvent(defineMessage("orders.v1.OrderPlaced", codec, z.object({ orderId: z.string() })), {
  ...{ service: "orders", stream: "orders_v1" },
  ...{ subject: golden.subject, key: "orderId" },
});
const day = 24 * 3_600_000;

/** Makes the certificate of a process. @param ca the authority that it trusts besides its own */
async function filesOf(name: string, ca = "") {
  const notAfter = new Date(Date.now() + day);
  const authority = await createAuthority({ notAfter });
  const files = await issueCertificate(authority, { names: [name], notAfter });
  return { ...files, ca: authority.cert + ca };
}

function headersOf(message: JsMsg | undefined): Record<string, string> {
  return Object.fromEntries([...(message?.headers ?? [])].map(([name, [value = ""]]) => [name, value]));
}

function partsOf(signature = ""): Record<string, unknown>[] {
  return signature
    .split(".")
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
}

const principal = { kind: "customer", id: "ada" } as const;

test("an event has these headers, and no others", async () => {
  await using opened = await openServers();
  const signatures = createEventSignatures(createIdentity(await filesOf("test")));
  await using part = await openPart(opened.servers, { signatures });
  const trace = { ...newTrace(), state: "vendor=1" };
  const id = await part.events.transaction({ principal, trace }, (tx) =>
    tx.publish(Happened, { thing: "ä/1", number: 1 }),
  );
  await vi.waitFor(async () => expect(await unsent(part)).toBe(0));
  await using streams = await openStreams(opened.servers.nats);
  const [message] = await streams.read();
  const headers = headersOf(message);
  expect(headers).toEqual({
    "Nats-Msg-Id": id,
    "Nats-Expected-Stream": "test_v1",
    "mesh-key": "%C3%A4%2F1",
    "mesh-signature": expect.any(String),
    traceparent: `00-${trace.traceId}-${trace.spanId}-01`,
    tracestate: "vendor=1",
  });
  const hash = createHash("sha256")
    .update(message?.data ?? "")
    .digest("base64url");
  expect(partsOf(headers["mesh-signature"])).toEqual([
    { alg: "ES256", typ: "mesh-event+jwt", x5c: [expect.any(String)] },
    {
      iss: "spiffe://mesh.local/test",
      aud: "spiffe://mesh.local",
      iat: expect.any(Number),
      sub: "customer:ada",
      jti: id,
      event: Happened.subject,
      hash,
    },
  ]);
});

/** Stores a golden event, with changed headers, and returns what its handler got, or the headers of its dead letter. */
async function deliver(changed: Record<string, string> = {}, ca = golden.ca) {
  await using opened = await openServers();
  const signatures = createEventSignatures(createIdentity(await filesOf("part", ca)));
  const seen: object[] = [];
  const consumer = on(Placed, async ({ orderId }, { id, key, principal, trace }: Context) => {
    seen.push({ orderId, id, key, principal, traceId: trace.traceId });
  });
  await using _ = await openPart(opened.servers, { consumers: [consumer], signatures });
  await using streams = await openStreams(opened.servers.nats);
  const headers = createHeaders();
  for (const [name, value] of Object.entries({ ...golden.headers, ...changed })) headers.set(name, value);
  const payload = Buffer.from(golden.bytes, "base64");
  const msgID = golden.headers["Nats-Msg-Id"] ?? "";
  await storeInStream(streams.connection, golden.subject, payload, { headers, msgID });
  return await vi.waitFor(async () => {
    const [letter] = await streams.deadLetters();
    expect(letter ?? seen[0]).toBeDefined();
    return letter ? headersOf(letter) : seen[0];
  });
}

const handled = {
  orderId: "018f2f6e-0000-7000-8000-000000000001",
  id: golden.headers["Nats-Msg-Id"],
  key: "018f2f6e-0000-7000-8000-000000000001",
  principal,
  traceId: "0af7651916cd43dd8448eb211c80319c",
};

test("the headers of a released version are read as they were meant", async () => {
  expect(await deliver()).toEqual(handled);
});

test("a header that a later version adds is ignored", async () => {
  expect(await deliver({ "mesh-later": "1" })).toEqual(handled);
});

test("a signature of a later version is dead-lettered with all headers, so that it can be replayed", async () => {
  const { cert, key, ca } = await filesOf("orders");
  const x5c = [new X509Certificate(cert).raw.toString("base64")];
  const [, claims] = partsOf(golden.headers["mesh-signature"]);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const signed = (typ: string) => {
    const text = `${part({ alg: "ES256", typ, x5c })}.${part({ ...claims, iat: now, later: 1 })}`;
    const signature = sign("sha256", Buffer.from(text), { key: createPrivateKey(key), dsaEncoding: "ieee-p1363" });
    return `${text}.${signature.toString("base64url")}`;
  };
  expect(await deliver({ "mesh-signature": signed("mesh-event+jwt") }, ca), "with a claim that is added").toEqual(
    handled,
  );
  const later = signed("mesh-event-2+jwt");
  const { traceparent, tracestate } = golden.headers;
  expect(await deliver({ "mesh-signature": later }, ca)).toEqual({
    "Nats-Msg-Id": expect.any(String),
    "Nats-Expected-Stream": "dead_letters",
    "mesh-key": handled.key,
    "mesh-signature": later,
    traceparent,
    tracestate,
    "mesh-event-id": handled.id,
    "mesh-dead-letter-consumer": "part_orders_v1_order_placed",
    "mesh-dead-letter-deliveries": "1",
    "mesh-dead-letter-reason": 'the signature of the event is not valid: unexpected "typ" JWT header value',
  });
});
