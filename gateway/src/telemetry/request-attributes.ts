import { type Attributes, SpanKind, type SpanOptions } from "@opentelemetry/api";

/** The methods that are named; all others are `_OTHER`. */
const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const spanOptions = new Map<string, SpanOptions>();
const measurements = new Map<string, Attributes>();

/** Returns the method of a request as OpenTelemetry's conventions name it. */
export function methodOf(method: string | undefined): string {
  return method !== undefined && methods.has(method) ? method : "_OTHER";
}

/** Returns the options of the spans of a method. Their attributes are what a sampler gets. */
export function spanOptionsOf(method: string): SpanOptions {
  let options = spanOptions.get(method);
  if (!options) {
    options = { kind: SpanKind.SERVER, attributes: { "http.request.method": method, "url.scheme": "http" } };
    spanOptions.set(method, options);
  }
  return options;
}

/** Returns the attributes of the measurement of a request. There are as many as methods, routes and statuses. */
export function measured(method: string, route: string | undefined, status: number | undefined): Attributes {
  const key = `${method} ${status} ${route}`;
  let attributes = measurements.get(key);
  if (!attributes) {
    attributes = Object.freeze({
      "http.request.method": method,
      "url.scheme": "http",
      ...(route !== undefined && { "http.route": route }),
      ...(status !== undefined && { "http.response.status_code": status }),
      ...(status !== undefined && status >= 500 && { "error.type": `${status}` }),
    });
    measurements.set(key, attributes);
  }
  return attributes;
}
