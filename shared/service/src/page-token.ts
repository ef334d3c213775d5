import type { z } from "zod";

/** Writes and reads the tokens of the pages of a list. They are not secret, and not to be trusted. */
export interface PageToken<T, I> {
  write(cursor: I): string;
  /** Undefined: the first page. @throws the error that `refuse` makes if the token was not written by `write` */
  read(token: string, refuse: () => Error): T | undefined;
}

/**
 * Makes page tokens that hold what the schema describes.
 *
 * @example
 * ```ts
 * import { pageToken } from "@mesh/service";
 * import * as z from "zod";
 *
 * const page = pageToken(z.object({ id: z.string() }));
 * const token = page.write({ id: "42" });
 * page.read(token, () => new Error("not a page token")); // { id: "42" }
 * page.read("", () => new Error("not a page token")); // undefined: the first page
 * ```
 */
export function pageToken<T, I>(schema: z.ZodType<T, I>): PageToken<T, I> {
  return {
    write: (cursor) => Buffer.from(JSON.stringify(cursor)).toString("base64url"),
    read(token, refuse) {
      if (token === "") return undefined;
      const cursor = schema.safeParse(parseJson(Buffer.from(token, "base64url").toString()));
      if (!cursor.success) throw refuse();
      return cursor.data;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
