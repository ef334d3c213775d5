import { RouteError } from "./http-error.ts";

/** A path template of google.api.http, taken apart. Source: google/api/http.proto, "Path template syntax". */
export interface PathTemplate {
  /** Literal texts; `*` stands for one segment, `**`, at the end, for all that follow. */
  readonly segments: readonly string[];
  /** `cancel` of `/v1/orders/{id}:cancel`; empty: none. */
  readonly verb: string;
  readonly variables: readonly TemplateVariable[];
}

/** A part of a path that goes into a field. */
export interface TemplateVariable {
  /** The field, in the .proto's names: `id`, `product.id`. */
  readonly field: string;
  /** Its first segment, and the one behind its last. */
  readonly start: number;
  readonly end: number;
}

/** What a literal may be made of: what RFC 3986 lets stand in a path, without what templates mean something by. */
const literal = /^[\w.~!$&'()+,;@-]+$/;
const fieldPath = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** Takes a template apart. @throws RouteError */
export function parseTemplate(template: string): PathTemplate {
  if (!template.startsWith("/"))
    throw new RouteError(`the path ${JSON.stringify(template)} must begin with a /: put one in front`);
  const { path, verb } = splitVerb(template.slice(1));
  const segments: string[] = [];
  const variables: TemplateVariable[] = [];
  for (const part of splitOutside(path)) {
    const start = segments.length;
    if (!part.startsWith("{")) segments.push(segmentOf(part));
    else {
      const { field, pattern } = variableOf(part);
      segments.push(...pattern.split("/").map(segmentOf));
      variables.push({ field, start, end: segments.length });
    }
  }
  if (segments.slice(0, -1).includes("**")) throw new RouteError("** takes the rest of a path: it must stand last");
  return { segments, verb, variables };
}

function splitVerb(path: string): { path: string; verb: string } {
  const [, before = path, verb = ""] = /^(.*):([^/{}]*)$/.exec(path) ?? [];
  if (before !== path && !literal.test(verb)) throw new RouteError(`${JSON.stringify(verb)} is no verb`);
  return { path: before, verb };
}

/** Splits at the slashes that stand in no variable. */
function splitOutside(path: string): string[] {
  return path.split(/\/(?![^{}]*\})/);
}

function variableOf(part: string): { field: string; pattern: string } {
  const [whole, field = "", pattern = "*"] = /^\{([^{}=]*)(?:=([^{}]*))?\}$/.exec(part) ?? [];
  if (whole === undefined) {
    throw new RouteError(`${JSON.stringify(part)} is no variable: write {field} or {field=segments/*}`);
  }
  if (!fieldPath.test(field)) throw new RouteError(`${JSON.stringify(field)} in ${part} is no field`);
  return { field, pattern };
}

function segmentOf(text: string): string {
  if (text === "*" || text === "**" || literal.test(text)) return text;
  if (text === "") throw new RouteError("a segment is empty");
  throw new RouteError(`${JSON.stringify(text)} is no segment: write letters, digits and -, *, ** or {field}`);
}
