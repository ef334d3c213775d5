import type { z } from "zod";

/** A value to parse, which is replaced by its output, and the issues that were found. */
export type Payload = z.core.ParsePayload<unknown>;

/** The context that zod passes from a type to its parts. */
export type Context = z.core.ParseContextInternal;

/** Reads `payload.value`, adds issues, and leaves the output in its place. */
export type Parse = (payload: Payload, context: Context) => void;
