import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const annotations = "google/api/annotations.proto";
const http = "google/api/http.proto";

/** Where contracts import their routes from. */
export const httpProtoNames = [annotations, http];

/** In protobufjs's http.proto the line behind which the field that it lacks is added. */
const body = /^( *)string body = 7;\n/m;

/**
 * The sources of google/api/annotations.proto and http.proto, by the path that contracts import.
 *
 * They are protobufjs's, which grpc-js brings anyway. Its http.proto is from before `response_body`, with which a method
 * answers with the resource itself: that field is added. Google's own package, google-proto-files, has it, and 7,252
 * files in 9 MB beside it; google-gax and @grpc/grpc-js-xds have it, and bring the libraries of Google's cloud.
 *
 * @throws Error where protobufjs ships another file than the one known
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
