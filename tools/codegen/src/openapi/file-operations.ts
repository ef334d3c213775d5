import type { DescMethod } from "@bufbuild/protobuf";
import { downloadOf, uploadOf } from "../catalogue/files.ts";
import type { MeshOptions } from "../catalogue/options.ts";
import type { Parameter } from "./parameters.ts";
import { componentBase, problemName, problemType } from "./problems.ts";

/** Returns the names of the parameters that the gateway itself sets: `file.contentType`, `offset`. */
export function ownFieldsOf(method: DescMethod, options: MeshOptions): string[] {
  const [upload, download] = [uploadOf(method, options), downloadOf(method, options)];
  const names = [
    ...(upload ? [upload.contentType, upload.size] : []),
    ...(download ? [download.offset, download.limit] : []),
  ];
  return names.map((name) => name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
}

/** Returns the headers by which clients ask for a part of a file, or for one that they do not have. */
export function fileParameters(method: DescMethod, options: MeshOptions): Parameter[] {
  const download = downloadOf(method, options);
  if (!download) return [];
  const range = header("Range", "The bytes to get, as one range: `bytes=0-1023`, `bytes=1024-` or `bytes=-512`.");
  const ifRange = header("If-Range", "Sends the whole file instead of the range if its `ETag` is not this one.");
  const ifNoneMatch = header(
    "If-None-Match",
    "The `ETag` of the file that the client has: 304 if it is still the same.",
  );
  return [...(download.offset === "" ? [] : [range, ifRange]), ifNoneMatch];
}

function header(name: string, description: string): Parameter {
  return { name, in: "header", description, schema: { type: "string" } };
}

/** Returns the responses of a route that takes a file, besides those of every route. */
export function uploadResponses({
  maxBytes,
  accept,
}: {
  readonly maxBytes: number;
  readonly accept: readonly string[];
}) {
  return {
    "408": problem("No byte of the file arrived for some seconds."),
    "413": problem(`The file is larger than ${maxBytes} bytes.`),
    "415": problem(`The first bytes are not those of ${accept.join(", ")}, or not of the \`Content-Type\`.`),
  };
}

/** Returns the responses of a route that sends a file, besides those of every route. OpenAPI 3.1 gives bytes no schema. */
export function downloadResponses({ offset }: { readonly offset: string }) {
  const headers = { ETag: { description: "Another one for other bytes.", schema: { type: "string" } } };
  const content = { "*/*": {} };
  const range = { description: "The position of the bytes, and the size of the file.", schema: { type: "string" } };
  return {
    "200": { description: "The bytes of the file, with its media type.", headers, content },
    ...(offset !== "" && {
      "206": { description: "The bytes of the range.", headers: { ...headers, "Content-Range": range }, content },
      "416": problem("The file has none of the bytes of the range. `Content-Range` has its size."),
    }),
    "304": { description: "The client has the file already.", headers },
  };
}

function problem(description: string) {
  return { description, content: { [problemType]: { schema: { $ref: componentBase + problemName } } } };
}
