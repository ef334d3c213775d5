import { readFile } from "node:fs/promises";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { replyJson } from "../http/reply.ts";

/** The OpenAPI document or a file that the reference page loads, as it is and compressed. */
interface Asset {
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

/** Answers with a file, or with 500 where it can't be read. */
export type AnswerAsset = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A browser asks for a file again only when its address changes, which has the version in it. */
const forever = { "cache-control": "public, max-age=31536000, immutable" };

const require = createRequire(import.meta.url);

/** The version of what the page is made with. */
export const { version }: { version: string } = require("swagger-ui-dist/package.json");

/** Serves a file of swagger-ui-dist, which is read when it is asked for the first time. */
export function packagedAsset(name: string, contentType: string): AnswerAsset {
  const read = () => readFile(require.resolve(`swagger-ui-dist/${name}`));
  return asset({ "content-type": contentType, ...forever }, read);
}

/** Serves a text, which may be another one after the next start. */
export function textAsset(text: string, contentType: string): AnswerAsset {
  return asset({ "content-type": contentType }, async () => Buffer.from(text));
}

function asset(headers: OutgoingHttpHeaders, read: () => Promise<Buffer>): AnswerAsset {
  let known: Promise<Asset> | undefined;
  return async (request, response) => {
    try {
      known ??= compressed(read());
      send(request, response, headers, await known);
    } catch {
      known = undefined;
      replyJson(response, 500, { message: "this can't be read: is swagger-ui-dist installed?" });
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
