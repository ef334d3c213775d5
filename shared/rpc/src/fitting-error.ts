import { isDeepStrictEqual } from "node:util";
import { MeshError } from "@mesh/contracts";
import type { Violations } from "@mesh/contracts/protocols/buf/validate/index";
import { cutText, encodeDetails } from "./error-details.ts";

/** The most bytes of the details of an error: clients in other languages reject trailers beyond 8 KiB. */
const maxDetailBytes = 4_500;

/** The length to which texts are cut before whole violations or metadata are left out. It leaves numbers and ids whole. */
const minTextLength = 36;

/** An error as a trailer can hold it. */
export interface FittingError {
  readonly error: MeshError;
  /** The bytes of a `google.rpc.Status`. */
  readonly details: Uint8Array;
  /** The names of the parts that are cut or left out. */
  readonly cut: readonly string[];
}

/**
 * Returns an error as a trailer can hold it. If it is too large, the paths of the broken rules are left out, then the longest
 * texts are cut, all to the same length. If this is not enough, only the first violations and metadata are kept.
 *
 * @param trailerBytes the bytes of the trailers beside it
 * @param toBroken returns the violations with the paths of their rules; called if they name rules and there is room
 */
export function fittingError(error: MeshError, trailerBytes: number, toBroken: () => Violations): FittingError {
  // In a header, base64 takes a third more than the bytes that it encodes.
  const room = maxDetailBytes - Math.ceil(trailerBytes * 0.75);
  const details = encodeDetails(error);
  const leftOut = namesRules(error) ? ["rule paths"] : [];
  if (details.length > room) {
    const fitting = shortened(error, room);
    return { error: fitting, details: encodeDetails(fitting), cut: [...cutParts(error, fitting), ...leftOut] };
  }
  if (!namesRules(error)) return { error, details, cut: [] };
  const all = encodeDetails(error, toBroken());
  return all.length > room ? { error, details, cut: leftOut } : { error, details: all, cut: [] };
}

/** Returns whether a violation is one of a rule, not of a check by the handler. */
export function namesRules({ violations }: MeshError): boolean {
  return violations.some(({ rule }) => rule !== "");
}

function shortened(error: MeshError, room: number): MeshError {
  const fits = (candidate: MeshError) => encodeDetails(candidate).length <= room;
  const longest = textsOf(error).reduce((most, { length }) => Math.max(most, length), 0);
  for (let most = Math.max(error.violations.length, Object.keys(error.metadata).length); most > 0; most >>= 1) {
    const cutTo = (length: number) => cutError(error, length, most);
    if (fits(cutTo(minTextLength))) return cutTo(longestFit((length) => fits(cutTo(length)), longest + 1));
  }
  const { code, message, reason, domain } = error;
  return new MeshError({ code, message, reason: reason.slice(0, 100), domain: domain.slice(0, 100) });
}

/** Names the parts of an error that differ from those of its fitting form. */
function cutParts(error: MeshError, fitting: MeshError): string[] {
  const keys = Object.keys(error.metadata).filter((key) => error.metadata[key] !== fitting.metadata[key]);
  const isCut = {
    message: error.message !== fitting.message,
    violations: !isDeepStrictEqual(error.violations, fitting.violations),
  };
  return [
    ...keys.map((key) => `metadata ${key}`),
    ...Object.entries(isCut).flatMap(([name, cut]) => (cut ? [name] : [])),
  ];
}

/** Returns the largest length of texts below `end` that fits. The smallest does. */
function longestFit(fits: (length: number) => boolean, end: number): number {
  let [good, bad] = [minTextLength, end];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

function cutError({ code, message, reason, domain, ...rest }: MeshError, length: number, most: number): MeshError {
  const cut = (text: string) => cutText(text, length);
  const metadata = Object.entries(rest.metadata).slice(0, most);
  const violations = rest.violations.slice(0, most);
  return new MeshError({
    code,
    message: cut(message),
    reason,
    domain,
    metadata: Object.fromEntries(metadata.map(([key, value]) => [key, typeof value === "string" ? cut(value) : value])),
    violations: violations.map(({ field, description, rule, ...others }) => ({
      ...others,
      field: cut(field),
      description: cut(description),
      rule: cut(rule),
    })),
    ...(rest.retryAfterMs !== undefined && { retryAfterMs: rest.retryAfterMs }),
  });
}

function textsOf({ message, metadata, violations }: MeshError): string[] {
  return [
    message,
    ...Object.values(metadata).map(String),
    ...violations.flatMap(({ field, description, rule }) => [field, description, rule]),
  ];
}
