import type { OutgoingHttpHeaders } from "node:http";
import { describe, expect, test, vi } from "vitest";
import { ask, type FileReply, startFiles } from "../../../fixtures/files.ts";
import type { Replacements } from "../../../fixtures/services.ts";

/** A service with a file of ten bytes, `0123456789`. It notes the offsets and limits that it is asked for. */
function digits(changes: { readonly etag?: string; readonly size?: bigint; readonly bytes?: string } = {}) {
  const { etag = "tag", size = 10n, bytes = "0123456789" } = changes;
  const asked: unknown[] = [];
  const handlers: NonNullable<Replacements["catalog"]> = {
    async *getProductImage({ offset, limit }) {
      asked.push([offset, limit]);
      yield { part: { $case: "file", value: { contentType: "image/png", size, etag } } };
      const start = offset < 0n ? Math.max(0, bytes.length + Number(offset)) : Number(offset);
      const part = bytes.slice(start, limit === 0n ? undefined : start + Number(limit));
      for (const one of part) yield { part: { $case: "chunk", value: Buffer.from(one) } };
    },
  };
  return { handlers, asked };
}

describe("a download", () => {
  const got = ({ status, text, headers }: FileReply) => [status, text, headers["content-range"]];

  test.each<[OutgoingHttpHeaders, unknown[]]>([
    [{}, [200, "0123456789", undefined]],
    [{ range: "bytes=0-0" }, [206, "0", "bytes 0-0/10"]],
    [{ range: "bytes=2-4" }, [206, "234", "bytes 2-4/10"]],
    [{ range: "bytes=7-" }, [206, "789", "bytes 7-9/10"]],
    [{ range: "bytes=7-100" }, [206, "789", "bytes 7-9/10"]],
    [{ range: "bytes=-3" }, [206, "789", "bytes 7-9/10"]],
    [{ range: "bytes=-30" }, [206, "0123456789", "bytes 0-9/10"]],
    [{ range: "bytes=4-2" }, [200, "0123456789", undefined]],
    [{ range: "bytes=0-1,4-5" }, [200, "0123456789", undefined]],
    [{ range: "bytes=2-4", "if-range": '"tag"' }, [206, "234", "bytes 2-4/10"]],
    [{ range: "bytes=2-4", "if-range": '"other"' }, [200, "0123456789", undefined]],
    [{ range: "bytes=2-4", "if-range": 'W/"tag"' }, [200, "0123456789", undefined]],
    [{ range: "bytes=2-4", "if-range": "Mon, 30 Nov 2026 12:00:00 GMT" }, [200, "0123456789", undefined]],
    [{ range: "bytes=2-4", "if-none-match": '"tag"' }, [304, "", undefined]],
    [{ "if-none-match": '"other", W/"tag"' }, [304, "", undefined]],
    [{ "if-none-match": '"other"' }, [200, "0123456789", undefined]],
    [{ "if-match": '"tag"' }, [200, "0123456789", undefined]],
  ])("with %j", async (headers, expected) => {
    const { at } = await startFiles(digits().handlers);
    const reply = await ask(at, headers);
    expect(got(reply)).toEqual(expected);
    expect(reply.headers.etag).toBe('"tag"');
    if (reply.status !== 304) expect(Number(reply.headers["content-length"])).toBe(reply.bytes.length);
  });

  test("of bytes that the file does not have is 416, and says how many it has", async () => {
    const { at } = await startFiles(digits().handlers);
    for (const range of ["bytes=10-", "bytes=99999999999999999999-", "bytes=-0"]) {
      const reply = await ask(at, { range });
      expect([reply.status, reply.headers["content-range"]]).toEqual([416, "bytes */10"]);
      expect(reply.headers["cache-control"]).toBe("no-store");
    }
  });

  test("whose file is another one now is 412", async () => {
    const { at } = await startFiles(digits().handlers);
    expect((await ask(at, { "if-match": '"other"' })).status).toBe(412);
  });

  test("by HEAD has the headers alone, without a range", async () => {
    const { at } = await startFiles(digits().handlers);
    const { status, headers, text } = await ask(at, { range: "bytes=2-4" }, "HEAD");
    expect([status, text, headers["content-length"], headers["accept-ranges"]]).toEqual([200, "", "10", "bytes"]);
  });

  test("asks the service only for what is sent", async () => {
    const { handlers, asked } = digits();
    const { at } = await startFiles(handlers);
    await ask(at, { range: "bytes=2-4" });
    await ask(at, { range: "bytes=-3" });
    await ask(at);
    expect(asked).toEqual([
      [2n, 3n],
      [-3n, 0n],
      [0n, 0n],
    ]);
    expect((await ask(`${at}?offset=2`)).status).toBe(400);
  });

  test("of an empty file", async () => {
    const { at } = await startFiles(digits({ size: 0n, bytes: "" }).handlers);
    expect(got(await ask(at))).toEqual([200, "", undefined]);
    expect((await ask(at, { range: "bytes=0-" })).status).toBe(416);
  });

  test.each([
    ["fewer bytes than it said", { size: 11n }],
    ["more bytes than it said", { size: 9n }],
  ])("of a service that sends %s breaks off", async (_, changes) => {
    const { at } = await startFiles(digits(changes).handlers);
    // A connection that stays open would not end at the last byte.
    await expect(ask(at, { connection: "keep-alive" })).rejects.toThrow(/aborted|socket hang up/);
  });

  test("of a service that says no etag is an error", async () => {
    const { at } = await startFiles(digits({ etag: 'a"b' }).handlers);
    expect((await ask(at)).status).toBe(500);
  });

  test("ends at the service when the client leaves", async () => {
    let isOver = false;
    const { at } = await startFiles({
      async *getProductImage() {
        try {
          yield { part: { $case: "file", value: { contentType: "image/png", size: 1_000_000_000n, etag: "tag" } } };
          for (;;) yield { part: { $case: "chunk", value: new Uint8Array(65_536) } };
        } finally {
          isOver = true;
        }
      },
    });
    const leaving = new AbortController();
    const response = await fetch(at, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    await vi.waitFor(() => expect(isOver).toBe(true), 10_000);
  });
});
