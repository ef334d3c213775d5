import { RouteError } from "./http-error.ts";

/** A parsed path template of google.api.http. Source: google/api/http.proto, "Path template syntax". */
export interface PathTemplate {
  /** Literal texts; `*` matches one segment, and `**`, only at the end, matches all that follow. */
  readonly segments: readonly string[];
  /** The verb, such as `cancel` of `/v1/orders/{id}:cancel`; empty if there is none. */
  readonly verb: string;
  readonly variables: readonly TemplateVariable[];
}

/** A part of a path whose text is the value of a field. */
export interface TemplateVariable {
  /** The field by its names in the .proto: `id`, `product.id`. */
  readonly field: string;
  /** The index of its first segment. */
  readonly start: number;
  /** The index after its last segment. */
  readonly end: number;
}

/** The characters of a literal: those that RFC 3986 allows in a path, without those with a meaning in templates. */
const literal = /^[\w.~!$&'()+,;@-]+$/;
const fieldPath = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** Parses a template. @throws RouteError if it is not a template */
export function parseTemplate(template: string): PathTemplate {
  if (!template.startsWith("/"))
    throw new RouteError(`the path ${JSON.stringify(template)} must begin with a /: add one at the start`);
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
  if (segments.slice(0, -1).includes("**")) throw new RouteError("** takes the rest of a path: it must be last");
  return { segments, verb, variables };
}

function splitVerb(path: string): { path: string; verb: string } {
  const [, before = path, verb = ""] = /^(.*):([^/{}]*)$/.exec(path) ?? [];
  const [verbs] = /(?::[^/{}:]*){2,}$/.exec(path) ?? [];
  if (verbs !== undefined) {
    throw new RouteError(`a path has one verb, got ${JSON.stringify(verbs)}: write it without a : inside`);
  }
  if (before !== path && !literal.test(verb)) throw new RouteError(`${JSON.stringify(verb)} is not a verb`);
  return { path: before, verb };
}

/** Splits a path at the slashes that are outside of variables. */
function splitOutside(path: string): string[] {
  return path.split(/\/(?![^{}]*\})/);
}

function variableOf(part: string): { field: string; pattern: string } {
  const [whole, field = "", pattern = "*"] = /^\{([^{}=]*)(?:=([^{}]*))?\}$/.exec(part) ?? [];
  if (whole === undefined) {
    throw new RouteError(`${JSON.stringify(part)} is not a variable: write {field} or {field=segments/*}`);
  }
  if (!fieldPath.test(field)) throw new RouteError(`${JSON.stringify(field)} in ${part} is not a field`);
  return { field, pattern };
}

function segmentOf(text: string): string {
  // Source: RFC 3986, 5.2.4
  if (text === "." || text === "..") {
    throw new RouteError(`clients remove the segment ${JSON.stringify(text)} from a path: leave it out`);
  }
  if (text === "*" || text === "**" || literal.test(text)) return text;
  if (text === "") throw new RouteError("a segment is empty");
  throw new RouteError(`${JSON.stringify(text)} is not a segment: write letters, digits and -, *, ** or {field}`);
}
