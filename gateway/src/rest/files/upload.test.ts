import { randomUUID } from "node:crypto";
import { CatalogError, CatalogService, type UploadProductImageRequest } from "@mesh/contracts/testing/catalog/v1";
import { describe, expect, test, vi } from "vitest";
import { type FileReply, openUpload, pngOf, startFiles, upload } from "../../../fixtures/files.ts";
import { openRaw } from "../../../fixtures/raw-http.ts";
import { services } from "../../../fixtures/router.ts";
import type { Replacements } from "../../../fixtures/services.ts";

const mebibyte = 1024 * 1024;

/** Returns the services with another deadline of uploads. */
function withDeadline(deadlineMs: number): typeof services {
  const { uploadProductImage } = CatalogService.methods;
  if (!uploadProductImage) throw new Error("catalog takes no images");
  const methods = { ...CatalogService.methods, uploadProductImage: { ...uploadProductImage, deadlineMs } };
  return { ...services, catalog: { ...CatalogService, methods } };
}

/** Sends one byte of a file after another until the response arrives. */
async function drip(at: string): Promise<FileReply> {
  const sending = openUpload(at, { ...png, "content-length": mebibyte });
  await sending.write(pngOf(100));
  const dripping = setInterval(() => sending.write(Buffer.from("x")), 20);
  return sending.reply.finally(() => {
    clearInterval(dripping);
    sending.abort();
  });
}

/** A service that keeps what it gets, and how each upload ended. */
function keeper() {
  const received: UploadProductImageRequest[] = [];
  const ends: unknown[] = [];
  const handlers: NonNullable<Replacements["catalog"]> = {
    async uploadProductImage(requests) {
      try {
        for await (const request of requests) received.push(request);
        ends.push("complete");
      } catch (error) {
        ends.push(error);
        throw error;
      }
      return { image: { id: randomUUID(), contentType: "image/png", size: 1n } };
    },
  };
  const chunks = () => received.slice(1).map(({ part }) => (part?.$case === "chunk" ? part.value : new Uint8Array()));
  return { handlers, received, ends, bytes: () => Buffer.concat(chunks()) };
}

const png = { "content-type": "image/png" };

describe("an upload", () => {
  test("reaches the service as a file and its bytes", async () => {
    const { handlers, received, bytes } = keeper();
    const { at, path } = await startFiles(handlers);
    const sent = pngOf(300_000);
    expect((await upload(at, sent, png)).status).toBe(200);
    const [, , , productId, , id] = path.split("/");
    expect(received[0]).toEqual({
      part: { $case: "file", value: { productId, id, contentType: "image/png", size: 300_000n } },
    });
    expect(bytes().equals(sent)).toBe(true);
  });

  test("in chunks has no size, and without a type it has the one of its bytes", async () => {
    const { handlers, received, bytes } = keeper();
    const { at } = await startFiles(handlers);
    const sent = pngOf(20);
    expect((await upload(at, sent, { "content-length": "" })).status).toBe(200);
    expect(received[0]?.part?.value).toMatchObject({ contentType: "image/png", size: 0n });
    expect(bytes().equals(sent)).toBe(true);
  });

  const html = Buffer.from("<!doctype html><script>alert(1)</script>");
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
  test.each([
    ["a page that says that it is a PNG", html, "image/png"],
    ["a picture that runs scripts", svg, "image/svg+xml"],
    ["a PNG that says that it is a JPEG", pngOf(100), "image/jpeg"],
    ["a PNG that says that it is a page", pngOf(100), "text/html"],
    ["a type that is accepted nowhere", Buffer.from("%PDF-1.7 and so on"), "application/pdf"],
    ["fewer bytes than a signature has", Buffer.from("\x89PN", "latin1"), "image/png"],
    ["no bytes", Buffer.alloc(0), "image/png"],
  ])("of %s is 415, and the service is not called", async (_, body, type) => {
    const { handlers, received } = keeper();
    const { at } = await startFiles(handlers);
    const { status, text } = await upload(at, body, { "content-type": type });
    expect([status, JSON.parse(text).status]).toEqual([415, 415]);
    expect(received).toEqual([]);
  });

  test("that is compressed is 415", async () => {
    const { at } = await startFiles(keeper().handlers);
    expect((await upload(at, pngOf(100), { ...png, "content-encoding": "gzip" })).status).toBe(415);
  });

  test("can't set in its query what the gateway sets", async () => {
    const { at } = await startFiles(keeper().handlers);
    for (const query of ["file.content_type=image/png", "file.size=1", "chunk=AAAA"]) {
      expect((await upload(`${at}?${query}`, pngOf(100), png)).status).toBe(400);
    }
  });

  test.each([
    ["before its first byte", Buffer.alloc(0)],
    ["in the middle", pngOf(1_000)],
  ])("that stops %s and never ends is 408, and fails at the service", async (_, begun) => {
    const { handlers, received, ends } = keeper();
    const { at } = await startFiles(handlers, { uploadIdleMs: 300 });
    const sending = openUpload(at, { ...png, "content-length": mebibyte });
    if (begun.length > 0) await sending.write(begun);
    const startedAt = Date.now();
    const { status, text } = await sending.reply;
    expect([status, text]).toEqual([408, expect.stringContaining("no byte of the file arrived for 0.3 s")]);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    if (received.length > 0) await vi.waitFor(() => expect(ends).toEqual([expect.any(Error)]), 5_000);
    sending.abort();
  });

  test("that never stops, byte by byte, is 408, and fails at the service", async () => {
    const { handlers, ends } = keeper();
    const { at } = await startFiles(handlers, { uploadGraceMs: 200 });
    const { status, text } = await drip(at);
    expect([status, text]).toEqual([408, expect.stringContaining("fewer than 1024 bytes per second")]);
    await vi.waitFor(() => expect(ends).toEqual([expect.any(Error)]), 5_000);
  });

  test("that never stops ends at the deadline of its method", async () => {
    const { handlers, ends } = keeper();
    const { at } = await startFiles(handlers, {}, withDeadline(500));
    const { status, text } = await drip(at);
    expect([status, JSON.parse(text).code]).toEqual([504, "DEADLINE_EXCEEDED"]);
    await vi.waitFor(() => expect(ends).toEqual([expect.any(Error)]), 5_000);
  });

  test("may take longer than other requests, whose bodies are cut", async () => {
    const { handlers } = keeper();
    const { at, url } = await startFiles(handlers, { requestTimeoutMs: 500 });
    const sending = openUpload(at, { ...png, "content-length": 100 });
    const [begin, rest] = [pngOf(100).subarray(0, 50), pngOf(100).subarray(50)];
    await sending.write(begin);
    const other = openUpload(`${url}/v1/orders`, { "content-type": "application/json", "content-length": 10 }, "POST");
    await other.write(Buffer.from("{"));
    expect((await other.reply).status).toBe(408);
    await sending.write(rest);
    expect((await sending.reply).status).toBe(200);
  });

  test("whose service rejects it early has its error, although the client goes on", async () => {
    const { at } = await startFiles({
      uploadProductImage: async () => {
        throw CatalogError.tooManyImages({ limit: 8 });
      },
    });
    const { status, text } = await upload(at, pngOf(20 * mebibyte), png);
    expect([status, JSON.parse(text).reason]).toEqual([400, "TOO_MANY_IMAGES"]);
  });

  test("of a client that never stops is cut off", async () => {
    const { url, path } = await startFiles(keeper().handlers, { lingerBytes: mebibyte, lingerMs: 1e9 });
    // Node's own client ends the connection when it has the response.
    const socket = openRaw(Number(new URL(url).port), {
      method: "PUT",
      target: path,
      headers: [
        ["Host", new URL(url).host],
        ["Connection", "keep-alive"],
        ["Content-Length", "1000000000000"],
      ],
    });
    socket.resume();
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const chunk = Buffer.alloc(mebibyte);
    while (!socket.destroyed) {
      const isTaken = new Promise((resolve) => socket.write(chunk, resolve));
      await Promise.race([isTaken, closed]);
    }
  });

  test("waits for a slow service: the gateway holds no more than a little of it", async () => {
    let [taken, resume] = [0, () => {}];
    const gate = new Promise<void>((resolve) => {
      resume = resolve;
    });
    const { at } = await startFiles({
      async uploadProductImage(requests) {
        for await (const { part } of requests) {
          if (part?.$case === "chunk") taken += part.value.length;
          if (taken > 0) await gate;
        }
        return { image: { id: randomUUID(), contentType: "image/png", size: BigInt(taken) } };
      },
    });
    const [size, step] = [20 * mebibyte, mebibyte / 4];
    const sending = openUpload(at, { ...png, "content-length": size });
    let written = 0;
    const writeAll = async () => {
      const body = pngOf(size);
      for (let from = 0; from < size; from += step) {
        await sending.write(body.subarray(from, from + step));
        written = from + step;
      }
      sending.end();
    };
    void writeAll();
    let before = 0;
    const rests = () => {
      const isSame = taken > 0 && written === before;
      before = written;
      expect(isSame).toBe(true);
    };
    await vi.waitFor(rests, { timeout: 20_000, interval: 500 });
    expect(taken).toBeLessThan(mebibyte / 4);
    // Most of it is in the buffers of the system for the connection.
    expect(written).toBeLessThan(size / 2);
    resume();
    expect((await sending.reply).status).toBe(200);
    expect(taken).toBe(size);
  });
});
