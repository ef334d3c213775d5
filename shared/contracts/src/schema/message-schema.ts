import type { z } from "zod";

/**
 * The schema of a message: a ZodObject whose output and input are the message's own types, so that code which only
 * parses never makes the compiler look into the shape.
 *
 * @typeParam T the output: what ts-proto declares
 * @typeParam I the input: T without the fields whose default the rules accept
 * @typeParam S the types of the fields
 */
export interface MessageSchema<T, I, S extends z.core.$ZodShape> extends ZodObjectWithoutTypes<S> {
  readonly _zod: MessageInternals<T, I, S>;
  readonly _output: Members<T>;
  readonly _input: Members<I>;
}

/** A ZodObject whose output and input are left open: the compiler can't see that T and I are those of S, but a test does. */
type ZodObjectWithoutTypes<S extends z.core.$ZodShape> = Omit<
  z.ZodObject<S, z.core.$strip>,
  "_zod" | "_output" | "_input"
>;

/** The internals of a ZodObject, but for its output and input. */
interface MessageInternals<T, I, S extends z.core.$ZodShape> extends z.core._$ZodTypeInternals {
  readonly def: z.core.$ZodObjectDef<S>;
  readonly config: z.core.$strip;
  readonly isst: z.core.$ZodObjectInternals<S>["isst"];
  readonly propValues: z.core.$ZodObjectInternals<S>["propValues"];
  readonly output: Members<T>;
  readonly input: Members<I>;
  readonly optin?: "optional" | undefined;
  readonly optout?: "optional" | undefined;
}

/** The same object type, without a name: an interface is not assignable to zod's Record<string, unknown>. */
type Members<T> = { [K in keyof T]: T[K] };
