import type { HttpVariable } from "@mesh/contracts";
import type { Match } from "./find-route.ts";
import { percentDecoded } from "./json-of-text.ts";

/** Returns the values of a path's variables, by field. @throws HttpError 400 if the path is not percent-encoded */
export function pathValues({ route, segments }: Match): { field: string; text: string }[] {
  return route.http.variables.map((variable) => {
    const taken = segments.slice(variable.start, isOpen(route.http.segments, variable) ? undefined : variable.end);
    const pattern = route.http.segments.slice(variable.start, variable.end);
    const isSingle = pattern.length === 1 && pattern[0] !== "**";
    const text = isSingle ? decode(taken[0] ?? "") : taken.map(decodeButSlashes).join("/");
    return { field: variable.field, text };
  });
}

/** Returns true if a variable ends with `**`, and so takes the rest of the path. */
function isOpen(segments: readonly string[], { end }: HttpVariable): boolean {
  return segments[end - 1] === "**";
}

/** In a value of several segments an encoded slash stays encoded: it does not separate segments. Source: google/api/http.proto */
function decodeButSlashes(segment: string): string {
  return segment
    .split(/(%2[Ff])/)
    .map((part) => (/^%2[Ff]$/.test(part) ? part : decode(part)))
    .join("");
}

function decode(text: string): string {
  return percentDecoded(text, "path");
}
