import { BinaryReader } from "@bufbuild/protobuf/wire";
import { _ZodString } from "zod";
import { $constructor } from "zod/v4/core";
import { fitting } from "./fitting.ts";
import { adopt, mistyped } from "./issue.ts";
import type { MessageRule } from "./message.ts";
import { isText } from "./text.ts";
import { customize } from "./type.ts";
import type { StringType } from "./types.ts";

// What the .proto files of protobuf require of their messages beyond the types of fields. Without these checks, a surface
// could accept a message that another can't return, because it has no form in JSON.

const [minSeconds, maxSeconds] = [-62_135_596_800n, 253_402_300_799n];
const maxDuration = 315_576_000_000n;
const perSecond = 1_000_000_000;

/** The form of a google.protobuf.Timestamp as a message of its own. In fields it is a Date. */
export function timestampForm(): MessageRule {
  return form(
    ({ seconds = 0n, nanos = 0 }) => isWithin(seconds, minSeconds, maxSeconds) && isWithin(nanos, 0, perSecond - 1),
    "must be from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z",
  );
}

/** The form of a google.protobuf.Duration. */
export function durationForm(): MessageRule {
  return form(
    ({ seconds = 0n, nanos = 0 }) =>
      isWithin(seconds, -maxDuration, maxDuration) &&
      isWithin(nanos, seconds > 0n ? 0 : 1 - perSecond, seconds < 0n ? 0 : perSecond - 1),
    `must be within ${maxDuration} seconds, and its nanos below a second and of the same sign`,
  );
}

/** The form of a google.protobuf.Any. */
export function anyForm(): MessageRule {
  return form(isAny, "must have a type_url such as type.googleapis.com/pkg.Name, and a value in protobuf's format");
}

/**
 * Returns whether a google.protobuf.Any has a type and bytes that can be a message. An empty one holds nothing; whether the
 * type is known does not matter.
 *
 * @example
 * ```ts
 * import { isAny } from "@mesh/contracts/schema";
 *
 * isAny({ typeUrl: "type.googleapis.com/acme.v1.Note", value: new Uint8Array([8, 1]) }); // true
 * isAny({ typeUrl: "type.googleapis.com/acme.v1.Note", value: new Uint8Array([255]) }); // false
 * ```
 */
export function isAny({ typeUrl = "", value = new Uint8Array(0) }: Readonly<Record<string, unknown>>): boolean {
  if (!(value instanceof Uint8Array)) return false;
  return typeUrl === "" ? value.length === 0 : isTypeUrl(typeUrl) && isProtobuf(value);
}

/** The form of a google.protobuf.FieldMask as a message of its own. In fields it is a list of `fieldPath`. */
export function fieldMaskForm(): MessageRule {
  const check: MessageRule = ({ paths }, payload) => {
    if (payload.issues.length > 0 || !Array.isArray(paths)) return;
    const index = paths.findIndex((path) => !isPath(path));
    if (index < 0) return;
    const part = { value: paths[index], issues: [] };
    mistyped(part, notPath);
    adopt(payload, part, ["paths", index], () => `paths[${index}]`);
  };
  return Object.assign(check, { always: true });
}

/** The form of a google.protobuf.Value as a message of its own. In fields it is the JSON value itself. */
export function valueForm(): MessageRule {
  return form(
    ({ kind }) => typeof kind === "object" && kind !== null && !("value" in kind && isNotFinite(kind.value)),
    "must have a kind, and a finite number if it is one",
  );
}

/** The type of a path in a google.protobuf.FieldMask: one that JSON, which has camel case, can give back. */
export function fieldPath(): StringType {
  return new MeshPath({ type: "string" });
}

/** The class of this type. */
export const MeshPath = /*@__PURE__*/ $constructor<StringType>("MeshPath", (instance, def) => {
  _ZodString.init(instance, def);
  customize(instance, fitting({ fits: isPath, message: notPath }));
});

const notPath = 'must be a path in snake case such as "price.minor_units"';

function isPath(value: unknown): boolean {
  return isText(value) && /^(?:[^A-Z_,]|_[a-z])+$/.test(value);
}

function form(fits: (input: Readonly<Record<string, unknown>>) => boolean, message: string): MessageRule {
  const check = (input: Readonly<Record<string, unknown>>, payload: Parameters<MessageRule>[1]) => {
    // A field of a wrong type has its own issue.
    if (payload.issues.length === 0 && !fits(input)) mistyped(payload, message);
  };
  return Object.assign(check, { always: true });
}

function isNotFinite(value: unknown): boolean {
  return typeof value === "number" && !Number.isFinite(value);
}

function isWithin<T extends number | bigint>(value: unknown, low: T, high: T): value is T {
  return typeof value === typeof low && (value as T) >= low && (value as T) <= high; // Of the same type.
}

function isTypeUrl(url: unknown): boolean {
  return typeof url === "string" && /\/[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(url);
}

/** Returns whether bytes are fields of a message, whatever its type. */
function isProtobuf(bytes: Uint8Array): boolean {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      reader.skip(type, number);
    }
    return true;
  } catch {
    return false;
  }
}
