import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { fieldKey, typeName } from "../../names.ts";
import { neededMembers } from "../../schema/needed.ts";
import { messagesOf } from "../declared.ts";
import { assertOutput, type Patch } from "../patch.ts";

/**
 * Types the members that the rules require as always present. ts-proto types every message field and every oneof as
 * optional, so that code which reads a validated message would handle a case that cannot happen.
 */
export const requiredMembers: Patch = {
  code: (code, file, { validator }) =>
    messagesOf(file).reduce((text, message) => {
      // The other plugin reports wrong rules.
      const needed = neededMembers(message, validator, []);
      const keys = message.members.filter((member) => needed.has(member.name) && canBeAbsent(member)).map(fieldKey);
      return keys.reduce((before, key) => requireMember(before, message, key), text);
    }, code),
};

function canBeAbsent(member: DescMessage["members"][number]): boolean {
  return member.kind === "oneof" || member.presence !== Presence.IMPLICIT;
}

/** Changes a member in the interface, and in the message with which decoding starts. */
function requireMember(code: string, message: DescMessage, key: string): string {
  const { file } = message;
  const type = typeName(message);
  const member = new RegExp(`(^ {2}${key})\\?:((?:.|\\n)*?)\\s*\\| undefined,$`, "m");
  const initial = new RegExp(`\\b${key}: undefined(?! as)`);
  const typed = replaceIn(code, file, `export interface ${type} {\n`, member, "$1:$2,");
  return replaceIn(typed, file, `function createBase${type}(): ${type} {\n`, initial, "$& as never");
}

/** Replaces a part of a declaration. */
function replaceIn(code: string, file: DescFile, head: string, part: RegExp, replacement: string): string {
  const start = code.indexOf(head);
  const end = code.indexOf("\n}\n", start);
  const declaration = code.slice(start, end);
  assertOutput(start >= 0 && part.test(declaration), file, `${part} is not in ${head.trim()}`);
  return code.slice(0, start) + declaration.replace(part, replacement) + code.slice(end);
}
