import { componentBase, problemName, problemType } from "./problems.ts";

type Responses = Readonly<Record<string, object>>;

const text = { type: "string" };

/** The headers of each response of a method with a rate limit. Source: draft-ietf-httpapi-ratelimit-headers */
const headers = {
  RateLimit: {
    description: "What is left of each limit: `r` calls, for `t` seconds.",
    schema: text,
    example: '"orders.placeOrder/user/10";r=9;t=10',
  },
  "RateLimit-Policy": {
    description: "The limits: `q` calls in `w` seconds.",
    schema: text,
    example: '"orders.placeOrder/user/10";q=10;w=10',
  },
};

const retryAfter = {
  description: "The time until a call may succeed, in seconds.",
  schema: { type: "integer", minimum: 1 },
  example: 10,
};

const tooMany = {
  type: "about:blank",
  title: "Too Many Requests",
  status: 429,
  detail: "too many calls of orders.placeOrder",
  code: "RESOURCE_EXHAUSTED",
};

/** Adds the headers of rate limits to the responses of an operation, and the one above a limit. */
export function withRateLimit(responses: Responses): Responses {
  const counted = Object.entries(responses).map(([status, response]) => [
    status,
    status === "default"
      ? response
      : { ...response, headers: { ...Object(Reflect.get(response, "headers")), ...headers } },
  ]);
  const content = { [problemType]: { schema: { $ref: componentBase + problemName }, example: tooMany } };
  const above = {
    description: "The caller, or its address, has called too often.",
    headers: { ...headers, "Retry-After": retryAfter },
    content,
  };
  // A reason of the method may have this status, too.
  return { ...Object.fromEntries(counted), "429": { ...above, ...responses["429"], headers: above.headers } };
}
