import { ZodObject, type z } from "zod";
import { $constructor, $ZodObject } from "zod/v4/core";
import { run } from "./attempt.ts";
import { enter, leave, maxDepth } from "./depth.ts";
import { type Fast, unsure } from "./fast.ts";
import { type Field, fieldsOf, isInherited } from "./field.ts";
import { adopt, keeps, maxIssues, mistyped, violation } from "./issue.ts";
import type { Context, Parse, Payload } from "./payload.ts";
import { readerOf } from "./reader/compiled.ts";
import type { Reader } from "./reader/looped.ts";
import { customize, type OwnDef } from "./type.ts";

/** A check of a message beyond those of its fields; gets the message as it was given. */
export interface MessageRule {
  (input: Readonly<Record<string, unknown>>, payload: Payload): void;
  /** Whether it is a part of the type, and also counts where rules do not. */
  readonly always?: boolean;
}

type Shape = Readonly<Record<string, z.ZodType>>;

interface MessageDef extends z.core.$ZodObjectDef, OwnDef {
  /** Made when it is first asked for, so that messages may contain each other. */
  readonly shape: Shape;
  readonly rules: readonly MessageRule[];
}

interface MessageType extends z.ZodObject {
  _zod: z.core.$ZodObjectInternals & { def: MessageDef };
}

const Message = /*@__PURE__*/ $constructor<MessageType>("MeshMessage", (instance, def) => {
  if (!isWhole(def)) return initDerived(instance, def);
  $ZodObject.init(instance, def);
  // Zod compiles a parser for every object; ours takes its place.
  instance._zod.traits.add("$ZodObjectJIT");
  ZodObject.init(instance, def);
  customize(instance, {
    parse: limitDepth(slowMessage(def)),
    fast: () => fastMessage(def),
    // Its fields would state their rules, which do not count.
    ...(def.lax && { json: { type: "object" } }),
  });
});

/**
 * The type of a message: takes own keys only, drops unknown ones, fills in defaults and checks every rule. What zod
 * derives from it (`pick`, `extend`, `partial`, …) is a plain ZodObject, without the rules of the message.
 *
 * @param makeShape called once, when the shape is first used
 * @param rules the rules of the message itself
 */
export function message<S extends Shape>(makeShape: () => S, ...rules: readonly MessageRule[]): z.ZodObject<S> {
  let made: S | undefined;
  const type: z.ZodType = new Message({
    type: "object",
    rules,
    get shape() {
      made ??= makeShape();
      return made;
    },
  });
  return type as z.ZodObject<S>; // Its shape is that one.
}

/** Returns whether a definition is of a whole message. Zod gives derived ones a value for a shape, or a catchall. */
function isWhole(def: MessageDef): boolean {
  return !def.catchall && Object.getOwnPropertyDescriptor(def, "shape")?.get !== undefined;
}

/** Makes what zod derives from a message: a plain ZodObject. */
function initDerived(instance: z.ZodObject, def: z.core.$ZodObjectDef): void {
  ZodObject.init(instance, def);
  instance._zod.constr = ZodObject;
}

function limitDepth(parse: Parse): Parse {
  return (payload, context) => {
    try {
      if (enter()) parse(payload, context);
      else mistyped(payload, `must not be deeper than ${maxDepth} messages in each other`);
    } finally {
      leave();
    }
  };
}

function slowMessage(def: MessageDef): Parse {
  let fields: readonly Field[] | undefined;
  return (payload, context) => {
    fields ??= fieldsOf(def.shape);
    const input = payload.value;
    if (!isRecord(input)) return mistyped(payload, "must be an object");
    const output: Record<string, unknown> = {};
    for (const field of fields) {
      if (payload.issues.length >= maxIssues) break;
      parseField(field, input, output, payload, context);
    }
    for (const check of def.rules) if (!context.skipChecks || check.always) check(input, payload);
    payload.value = output;
  };
}

function parseField(
  { key, name, type, initial, isOptional, isOneof, absence, path }: Field,
  input: Readonly<Record<string, unknown>>,
  output: Record<string, unknown>,
  payload: Payload,
  context: Context,
): void {
  const given = Object.hasOwn(input, key) ? input[key] : undefined;
  const value = given === undefined ? initial : given;
  if (isInherited(key)) output[key] = undefined;
  if (value !== undefined) {
    output[key] = adopt(payload, run(type, value, context), [key], path);
  } else if (!isOptional && !context.skipChecks) {
    const issue = violation(value, absence, "is required", false, isOneof || absence !== "required" ? "" : absence);
    adopt(payload, { value, issues: [issue] }, [key], () => name);
  }
}

function fastMessage(def: MessageDef): Fast {
  let read: Reader | undefined;
  return (input) => {
    if (!isRecord(input)) return unsure;
    read ??= readerOf(fieldsOf(def.shape));
    try {
      const output = enter() ? read(input) : unsure;
      return output !== unsure && def.rules.every((rule) => keeps((payload) => rule(input, payload), input))
        ? output
        : unsure;
    } finally {
      leave();
    }
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
