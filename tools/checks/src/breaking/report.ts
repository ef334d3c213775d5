import { affectedText, type Break, contractUsers } from "./break.ts";

/** A breaking change with the path of its file and the commit that accepts it. */
export interface ReportedBreak extends Break {
  /** `proto/orders/v1/orders.proto` */
  readonly path: string;
  /** The commit that accepts it: `a5f51b8 "Require an address for orders"`. Undefined if there is none. */
  readonly acceptedBy: string | undefined;
}

/** Formats a break as `proto/x.proto:12:3: <what>: breaks <users>: <fix>`. */
export function lineOf(
  { path, position, isOld, what, affected, fix, acceptedBy }: ReportedBreak,
  base: string,
): string {
  const location = `${path}:${position.line}:${position.column}`;
  const removed = isOld ? ` (declared here in ${base.slice(0, 9)})` : "";
  const advice = acceptedBy ? `accepted by ${acceptedBy}` : fix;
  return `${location}: ${what.replace(/\s+/g, " ")}${removed}: breaks ${affectedText(affected)}: ${advice}`;
}

/** Returns a break as a record for `--json`. */
export function recordOf({ path, position, isOld, what, affected, fix, acceptedBy }: ReportedBreak) {
  const { line, column } = position;
  const users = contractUsers.filter((user) => affected.has(user));
  return { file: path, line, column, isOld, what, affected: users, fix, acceptedBy: acceptedBy ?? null };
}

/** Formats the last line: `2 breaking changes since a5f51b8, where this branch left main; 1 accepted`. */
export function summary(breaks: readonly ReportedBreak[], base: string): string {
  const open = breaks.filter(({ acceptedBy }) => !acceptedBy).length;
  const accepted = breaks.length - open;
  const counted = `${open || (accepted > 0 ? "no other" : "no")} breaking change${open === 1 ? "" : "s"}`;
  return `${counted} since ${base}${accepted > 0 ? `; ${accepted} accepted` : ""}`;
}
