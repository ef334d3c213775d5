import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isReflectMessage, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import type { FieldViolation } from "@mesh/contracts";
import { messagesIn } from "./descriptors.ts";
import { fieldFault } from "./field-fault.ts";

const known = new WeakMap<DescMessage, boolean>();

/** Returns true if a message, or one that can be in it, has required fields of proto2. */
export function canLack(desc: DescMessage): boolean {
  const found = known.get(desc);
  if (found !== undefined) return found;
  const can = [...messagesIn(desc)].some(({ fields }) => fields.some(isRequired));
  known.set(desc, can);
  return can;
}

function isRequired({ presence }: DescField): boolean {
  return presence === Presence.LEGACY_REQUIRED;
}

/** Finds the required fields of proto2 that a message lacks. It cannot be encoded without them. */
export function missingIn(message: ReflectMessage, path = ""): FieldViolation[] {
  return message.fields.flatMap((field) => {
    const place = [path, field.name].filter(Boolean).join(".");
    if (!message.isSet(field)) return isRequired(field) ? [fieldFault(place, "is required")] : [];
    return partsOf(message, field, place).flatMap(([part, at]) => missingIn(part, at));
  });
}

/** Returns the messages that a field holds, with their paths. */
export function partsOf(
  message: ReflectMessage,
  field: DescField,
  place: string,
): (readonly [ReflectMessage, string])[] {
  if (field.fieldKind === "message") return [[message.get(field), place]];
  if (field.fieldKind !== "list" && field.fieldKind !== "map") return [];
  return [...message.get(field)].flatMap((item, index) => {
    const value = field.fieldKind === "map" && Array.isArray(item) ? item[1] : item;
    return isReflectMessage(value) ? [[value, field.fieldKind === "list" ? `${place}[${index}]` : place] as const] : [];
  });
}
