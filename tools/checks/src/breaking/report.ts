import { type Break, everybody, whoText } from "./break.ts";

/** A break, with its file as it is called from the root, and the commit that accepts it. */
export interface Reported extends Break {
  /** `proto/orders/v1/orders.proto` */
  readonly path: string;
  /** The commit that says it is meant; undefined: none does. */
  readonly acceptedBy: string | undefined;
}

/** `proto/x.proto:12:3: what: who is hit: how to mend it` */
export function lineOf({ path, position, isOld, what, who, mend, acceptedBy }: Reported, base: string): string {
  const place = `${path}:${position.line}:${position.column}`;
  const removed = isOld ? ` (it stood here in ${base.slice(0, 9)})` : "";
  return `${place}: ${oneLine(what)}${removed}: breaks ${whoText(who)}: ${acceptedBy ? `accepted by ${acceptedBy}` : mend}`;
}

/** The same for programs. */
export function recordOf({ path, position, isOld, what, who, mend, acceptedBy }: Reported) {
  const { line, column } = position;
  const hit = everybody.filter((one) => who.has(one));
  return { file: path, line, column, isOld, what, who: hit, mend, acceptedBy: acceptedBy ?? null };
}

/** The last line: `2 breaks since a5f51b8, where this branch left main; 1 more accepted`. */
export function summary(breaks: readonly Reported[], base: string): string {
  const open = breaks.filter(({ acceptedBy }) => !acceptedBy).length;
  const accepted = breaks.length - open;
  if (breaks.length === 0) return `nothing breaks since ${base}`;
  const counted = open === 0 ? "nothing else breaks" : `${open} break${open === 1 ? "" : "s"}`;
  return `${counted} since ${base}${accepted > 0 ? `; ${accepted} accepted` : ""}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
