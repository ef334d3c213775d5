import type { TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { randomUuid } from "./uuid.ts";

const name = "idempotencyKey";

type CallContext = Readonly<Record<string, unknown>>;

/**
 * A link that gives every mutation an Idempotency-Key, the same for all its attempts: `context.idempotencyKey`, or the field
 * `idempotencyKey` of the request, or else a new UUID. Put it before links that repeat calls.
 */
export function keyLink<Router extends AnyTRPCRouter>(): TRPCLink<Router> {
  return () => {
    return ({ op, next }) => {
      if (op.type !== "mutation") return next(op);
      // A customer without a cookie is recognized by the key. Theirs is that of the request, if it is sent again later.
      const key = textAt(op.context) ?? textAt(op.input) ?? randomUuid();
      return next({ ...op, context: { ...op.context, [name]: key } });
    };
  };
}

/** Returns the header of a call that went through the link. */
export function keyHeader(context: CallContext): { readonly "idempotency-key"?: string } {
  const key = textAt(context);
  return key === undefined ? {} : { "idempotency-key": `"${key.replace(/["\\]/g, "\\$&")}"` };
}

function textAt(holder: unknown): string | undefined {
  const key: unknown = Reflect.get(Object(holder), name);
  return typeof key === "string" && key !== "" ? key : undefined;
}
