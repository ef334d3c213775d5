// The types in the declarations of generated schemas. This file imports types only, so that a project which uses a
// contract does not make the compiler read what parses.
import type { z } from "zod";

export type { MessageSchema } from "./message-schema.ts";

/** The type of a `string` field. Not a ZodString, whose methods for every format would weigh 3 KB compressed. */
export interface StringType extends z._ZodString<z.core.$ZodStringInternals<string>> {}

/** The type of a field that is a number. */
export interface NumberType extends z.ZodType<number, number> {}

/** The type of a `bytes` field. */
export interface BytesType extends z.ZodType<Uint8Array, Uint8Array> {}

/** One case of a oneof: `{ $case: "placed", value: … }`. */
export type Case<K extends string, T extends z.core.$ZodType> = z.ZodObject<{ $case: z.ZodLiteral<K>; value: T }>;
