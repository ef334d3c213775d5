import { readFile } from "node:fs/promises";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { replyJson } from "../http/reply.ts";

/** A file of the reference page, plain and compressed. */
interface Asset {
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

/** Responds with a file, or with 500 if it cannot be read. */
export type ReplyAsset = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The address of these files contains their version, so browsers may cache them forever. */
const forever = { "cache-control": "public, max-age=31536000, immutable" };

const require = createRequire(import.meta.url);

/** The version of swagger-ui-dist. */
export const { version }: { version: string } = require("swagger-ui-dist/package.json");

/** Serves a file of swagger-ui-dist. Reads it at the first request. */
export function packagedAsset(name: string, contentType: string): ReplyAsset {
  const read = () => readFile(require.resolve(`swagger-ui-dist/${name}`));
  return asset({ "content-type": contentType, ...forever }, read);
}

/** Serves a text, which may change with the next start. */
export function textAsset(text: string, contentType: string): ReplyAsset {
  return asset({ "content-type": contentType }, async () => Buffer.from(text));
}

function asset(headers: OutgoingHttpHeaders, read: () => Promise<Buffer>): ReplyAsset {
  let known: Promise<Asset> | undefined;
  return async (request, response) => {
    try {
      known ??= compressed(read());
      send(request, response, headers, await known);
    } catch {
      known = undefined;
      replyJson(response, 500, { message: "the file cannot be read: is swagger-ui-dist installed?" });
    }
  };
}

function send(request: IncomingMessage, response: ServerResponse, headers: OutgoingHttpHeaders, asset: Asset): void {
  const isSmall = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(request.headers["accept-encoding"] ?? ""));
  const body = isSmall ? asset.compressed : asset.plain;
  const encoding = isSmall ? { "content-encoding": "gzip" } : {};
  response.writeHead(200, { ...headers, ...encoding, "content-length": body.length, vary: "accept-encoding" });
  response.end(body);
}

async function compressed(reading: Promise<Buffer>): Promise<Asset> {
  const plain = await reading;
  return { plain, compressed: await promisify(gzip)(plain) };
}
