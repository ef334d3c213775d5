import type { IncomingMessage } from "node:http";

/**
 * Returns true if a body is declared as `application/json` in UTF-8. A form on another site cannot send this type.
 * A type without a charset counts as UTF-8.
 */
export function isJson({ headers }: IncomingMessage): boolean {
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  return type.trim() === "application/json" && parameters.every(mayBeUtf8);
}

function mayBeUtf8(parameter: string): boolean {
  const [, charset] = /^\s*charset="?([^"]*?)"?\s*$/.exec(parameter) ?? [];
  return charset === undefined || charset === "utf-8" || charset === "utf8";
}
