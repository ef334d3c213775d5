import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const annotations = "google/api/annotations.proto";
const http = "google/api/http.proto";

/** The paths by which contracts import the options of routes. */
export const httpProtoNames = [annotations, http];

/** The line of protobufjs's http.proto after which the missing field is added. */
const body = /^( *)string body = 7;\n/m;

/**
 * Returns the sources of google/api/annotations.proto and http.proto, by the path that contracts import.
 *
 * They come from protobufjs, which grpc-js depends on anyway. Its http.proto is older than `response_body`, which
 * returns the resource itself, so that field is added. Google's own package, google-proto-files, has the field, but
 * also 7,252 files in 9 MB. The packages google-gax and @grpc/grpc-js-xds have it, but depend on the libraries of
 * Google's cloud.
 *
 * @throws Error if protobufjs contains an unknown version of the file
 */
export async function httpProtos(): Promise<Readonly<Record<string, string>>> {
  const { resolve } = createRequire(import.meta.url);
  const read = (name: string) => readFile(resolve(`protobufjs/${name}`), "utf8");
  return { [annotations]: await read(annotations), [http]: withResponseBody(await read(http)) };
}

function withResponseBody(source: string): string {
  if (source.includes("response_body")) return source;
  if (!body.test(source)) throw new Error(`${http} of protobufjs has no field body: response_body can't be added`);
  return source.replace(body, (line, indent: string) => `${line}${indent}string response_body = 12;\n`);
}
