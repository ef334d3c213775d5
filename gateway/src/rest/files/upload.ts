import type { IncomingMessage } from "node:http";
import type { MethodUpload } from "@mesh/contracts";
import { messageWith } from "@mesh/contracts/file";
import { anyType } from "@mesh/contracts/media-type";
import { Leaving } from "../../calls/leaving.ts";
import { allowLongBody } from "../../http/body-time.ts";
import { HttpError } from "../../http/http-error.ts";
import { replyJsonText } from "../../http/reply.ts";
import type { CallRoute, CallRouteOptions } from "../call-route.ts";
import { checkRules } from "../check-rules.ts";
import { jsonText } from "../json-text.ts";
import { checkAccept } from "../negotiate.ts";
import { requestReader } from "../read-request.ts";
import type { Route } from "../routes.ts";
import { responseWriter } from "../write-response.ts";
import { FileBody } from "./file-body.ts";

/** Makes what sends the bodies of a route's requests to a method that streams its requests. */
export function uploaderOf(route: Route, upload: MethodUpload, options: CallRouteOptions): CallRoute {
  const { registry, open, run, ignoreUnknown, uploadLimits } = options;
  const { method, procedure, call } = route;
  const read = requestReader(route, registry, ignoreUnknown, [upload.contentType, upload.size]);
  const write = responseWriter(route, registry);

  return async ({ request, response, match, query }) => {
    checkAccept(request, "application/json");
    const result = await run(await open(request, response), procedure, new Leaving(response), async ({ scope }) => {
      checkEncoding(request);
      const body = new FileBody(request, { maxBytes: upload.maxBytes, ...uploadLimits });
      allowLongBody(request);
      try {
        const contentType = acceptedType(await body.mediaType(), request, upload);
        const values = { [upload.contentType]: contentType, [upload.size]: String(body.declaredBytes) };
        const first = checkRules(method, read({ match, query, body: "", idempotencyKey: undefined, values }));
        return await call(scope, messages(first, body, upload));
      } catch (error) {
        // The call fails because the body does.
        throw body.failure ?? error;
      } finally {
        body.stop();
      }
    });
    replyJsonText(response, jsonText(write(result)), { vary: "origin" });
  };
}

async function* messages(first: unknown, body: FileBody, { chunk: field }: MethodUpload): AsyncGenerator<unknown> {
  yield first;
  for await (const chunk of body) yield messageWith(field, chunk);
}

function checkEncoding({ headers }: IncomingMessage): void {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding.toLowerCase() !== "identity") throw new HttpError(415, "the body must not be compressed");
}

/** Returns the media type of a file. @throws HttpError 415 if it is not accepted, or the client gives another one */
function acceptedType(shown: string, { headers }: IncomingMessage, { accept }: MethodUpload): string {
  const [given = ""] = (headers["content-type"] ?? "").split(";");
  const said = given.trim().toLowerCase();
  const type = accept.includes(shown) ? shown : anyType;
  if (!accept.includes(type)) {
    throw new HttpError(415, `the first bytes are not those of ${accept.join(", ")}`);
  }
  if (said === "" || said === anyType || said === type) return type;
  throw new HttpError(415, `the Content-Type is ${quoted(said)}, but the first bytes are those of ${type}`);
}

/** Repeats a type in an error only if it looks like one. */
function quoted(type: string): string {
  return /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(type) ? type : "no media type";
}
