import { Metadata } from "@grpc/grpc-js";
import { codes, MeshError } from "@mesh/contracts";
import { RetryInfoMessage, StatusMessage } from "@mesh/contracts/protocols/google/rpc/error.messages";
import { expect, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import { type EchoClient, EchoService } from "../fixtures/echo.ts";
import { facts, rich } from "../fixtures/error-facts.ts";
import { serveForeign } from "../fixtures/foreign-server.ts";
import { connectEcho, echo } from "../fixtures/servers.ts";
import { encodeDetails } from "./error-details.ts";

const secret = "pq: password authentication failed for shop at 10.0.0.7";

/** What a caller of a method sees of an error of the service behind it that its handler lets escape. */
async function escaped(client: EchoClient) {
  return facts(await client.plain({}).catch((reason: unknown) => reason));
}

test("of an error of another service that escapes, the next caller gets the code and a neutral text", async () => {
  const { log, lines } = capturedLog();
  const thrown = new MeshError({ ...facts(rich), message: secret, retryAfterMs: 1_500 });
  const inner = await echo({ unary: () => Promise.reject(thrown) });
  const { client } = await echo({ plain: (request, scope) => inner.upstream.bind(scope).unary(request) }, { log });
  const error = await escaped(client);
  const [, id] = /^test rejected test\.v1\.EchoService\/Unary \(id ([\da-f]{12})\)$/.exec(error.message) ?? [];
  const nothing = { reason: "", domain: "", metadata: {}, violations: [] };
  expect(error).toEqual({ code: "FAILED_PRECONDITION", message: expect.any(String), ...nothing, retryAfterMs: 1_500 });
  expect(lines.filter(({ errorId }) => errorId === id)).toMatchObject([{ level: 40, code: "FAILED_PRECONDITION" }]);
});

test.each([
  ["an accident", new TypeError(secret), "inner"],
  ["an error of the server", new MeshError({ code: "UNAVAILABLE", message: secret }), "inner"],
  ["the cause of one", new MeshError({ code: "DATA_LOSS", message: "damaged", cause: new Error(secret) }), "inner"],
  ["an error of the caller", new MeshError({ code: "NOT_FOUND", message: secret }), "middle"],
])("%s is logged once; the servers that pass it on log its code", async (_, thrown, origin) => {
  const [innermost, middle, outermost] = [capturedLog("info"), capturedLog("info"), capturedLog("info")];
  const inner = await echo({ unary: () => Promise.reject(thrown) }, innermost);
  const next = await echo({ plain: (request, scope) => inner.upstream.bind(scope).unary(request) }, middle);
  const last = await echo({ plain: (request, scope) => next.upstream.bind(scope).plain(request) }, outermost);
  const { code, message } = await escaped(last.client);
  const all = [innermost, middle, outermost].flatMap(({ lines }) => lines);
  const [line, ...others] = all.filter((line) => JSON.stringify(line).includes(secret));
  expect(others).toEqual([]);
  expect(origin === "inner" ? innermost.lines : middle.lines).toContain(line);
  for (const { lines } of [middle, outermost]) {
    expect(lines.filter(({ err }) => err)).toEqual([]);
    if (origin === "inner") expect(lines).toContainEqual(expect.objectContaining({ msg: "call", code }));
  }
  expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(1);
  // One id in all logs and in what the caller gets.
  const ids = all.flatMap(({ errorId }) => errorId ?? []);
  expect(ids).toHaveLength(1);
  expect(message).toMatch(new RegExp(`\\(id ${ids[0]}\\)$`));
});

test("the text of a foreign server is logged once, by the server that called it", async () => {
  const { log, lines } = capturedLog();
  const path = EchoService.methods.unary?.path ?? "";
  const foreign = connectEcho(await serveForeign([path], () => ({ code: codes.UNAVAILABLE, details: secret })));
  const { client } = await echo({ plain: (request, scope) => foreign.bind(scope).unary(request) }, { log });
  const { message } = await escaped(client);
  const [line, ...others] = lines.filter((line) => JSON.stringify(line).includes(secret));
  expect(others).toEqual([]);
  expect(message).toContain(`(id ${line?.errorId})`);
});

test("an error of another service that the method declares too passes it unchanged", async () => {
  const thrown = new MeshError({ ...facts(rich), retryAfterMs: 1, message: secret });
  const inner = await echo({ unary: () => Promise.reject(thrown) });
  const { client } = await echo({ unary: (request, scope) => inner.upstream.bind(scope).unary(request) });
  expect(facts(await client.unary({}).catch((reason: unknown) => reason))).toEqual(facts(thrown));
});

// The keys of an object are its names.
const everyCode = Object.keys(codes) as (keyof typeof codes)[];

test.each(everyCode)(
  "%s of a foreign server has its code and its text for the caller, and no text further on",
  async (code) => {
    const { address } = await serveForeign([EchoService.methods.unary?.path ?? ""], () => ({
      code: codes[code],
      details: secret,
    }));
    const upstream = connectEcho({ address });
    const direct = await upstream.client.unary({}).catch((reason: unknown) => reason);
    expect(facts(direct)).toMatchObject({ code, message: secret });
    const { client } = await echo({ plain: (request, scope) => upstream.bind(scope).unary(request) });
    const error = await escaped(client);
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(/^test .*test\.v1\.EchoService\/Unary.* \(id [\da-f]{12}\)$/),
    });
  },
);

test("the details of a foreign server do not pass the next service either", async () => {
  const violations = [{ field: "host", description: secret, rule: "" }];
  const thrown = new MeshError({ code: "INVALID_ARGUMENT", message: secret, violations });
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(encodeDetails(thrown)));
  const { address } = await serveForeign([EchoService.methods.unary?.path ?? ""], () => ({
    code: 3,
    details: secret,
    metadata,
  }));
  const upstream = connectEcho({ address });
  const direct = await upstream.client.unary({}).catch((reason: unknown) => reason);
  expect(facts(direct)).toEqual(facts(thrown));
  const { client } = await echo({ plain: (request, scope) => upstream.bind(scope).unary(request) });
  expect(JSON.stringify(await escaped(client))).not.toContain("10.0.0.7");
});

test.each([
  [-1n, 0, undefined],
  [0n, -1, undefined],
  [315_576_000_001n, 0, undefined],
  [2n ** 63n - 1n, 0, undefined],
  [0n, 0, 0],
  [1n, 500_000_000, 1_500],
])("a wait of %d s and %d ns of a foreign server is %s ms", async (seconds, nanos, retryAfterMs) => {
  const value = RetryInfoMessage.encode({ retryDelay: { seconds, nanos } });
  const details = [{ typeUrl: "type.googleapis.com/google.rpc.RetryInfo", value }];
  const metadata = new Metadata();
  const status = StatusMessage.encode({ code: codes.ABORTED, message: "m", details });
  metadata.set("grpc-status-details-bin", Buffer.from(status));
  const path = EchoService.methods.unary?.path ?? "";
  const { address } = await serveForeign([path], () => ({ code: codes.ABORTED, details: "m", metadata }));
  const error = await connectEcho({ address }).client.unary({}).catch(facts);
  expect(error).toMatchObject({ code: "ABORTED", message: "m", retryAfterMs });
});

test("a foreign error that the handler replaces by its own has the text of the handler", async () => {
  const inner = await echo({ unary: () => Promise.reject(new MeshError({ code: "INTERNAL", message: secret })) });
  const { client } = await echo({
    plain: (request, scope) =>
      inner.upstream
        .bind(scope)
        .unary(request)
        .catch((cause: unknown) => {
          throw new MeshError({ code: "DATA_LOSS", message: "the copy is damaged", cause });
        }),
  });
  expect(await escaped(client)).toMatchObject({ code: "DATA_LOSS", message: "the copy is damaged" });
});
