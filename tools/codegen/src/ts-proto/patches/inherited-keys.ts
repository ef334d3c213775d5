import type { DescField, DescFile, DescOneof } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { fieldKey, typeName } from "../../names.ts";
import { messagesOf } from "../declared.ts";
import { assertOutput, type Patch } from "../patch.ts";

/**
 * Encodes a field that is left out and has the name of what every object inherits, such as `constructor` or `toString`,
 * as absent. ts-proto encodes the inherited function instead.
 */
export const inheritedKeys: Patch = {
  code: (code, file) =>
    messagesOf(file).reduce((text, message) => {
      const keys = message.members.filter(canBeAbsent).map(fieldKey);
      const inherited = keys.filter((key) => key in Object.prototype);
      return inherited.length === 0 ? text : shadow(text, typeName(message), inherited, file);
    }, code),
};

function canBeAbsent(member: DescField | DescOneof): boolean {
  return member.kind === "oneof" || member.presence !== Presence.IMPLICIT;
}

function shadow(code: string, name: string, keys: readonly string[], file: DescFile): string {
  const head = new RegExp(`encode\\(\\s*message: ${name},[^{]*\\): BinaryWriter \\{\\n`);
  assertOutput(head.test(code), file, `the encode function of ${name} is missing`);
  const absent = keys.map((key) => `${key}: undefined`).join(", ");
  return code.replace(head, (whole) => `${whole}    message = globalThis.Object.assign({ ${absent} }, message);\n`);
}
