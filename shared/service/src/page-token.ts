import type { z } from "zod";

/** Writes and reads the tokens that a list is paged by. They are not secret, and not to be trusted. */
export interface PageToken<T, I> {
  write(cursor: I): string;
  /** Undefined: the first page. @throws what `refuse` makes where the token was not written by `write` */
  read(token: string, refuse: () => Error): T | undefined;
}

/** Page tokens that hold what the schema describes. */
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
