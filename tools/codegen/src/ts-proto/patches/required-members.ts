import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { fieldKey, typeName } from "../../names.ts";
import { neededMembers } from "../../schema/needed.ts";
import { messagesOf } from "../declared.ts";
import { assertOutput, type Patch } from "../patch.ts";

/** The interface of a message, and the function that makes the message with which decoding starts. */
const declarations = /^(?:export interface (\w+) |function createBase(\w+)\(\): \w+ )\{\n[\s\S]*?^\}\n/gm;

/**
 * Types the members that the rules require as always present. ts-proto types every message field and every oneof as
 * optional, so that code which reads a validated message would handle a case that cannot happen.
 */
export const requiredMembers: Patch = {
  code(code, file, { validator }) {
    const required = new Map<string, string[]>();
    for (const message of messagesOf(file)) {
      // The other plugin reports wrong rules.
      const needed = neededMembers(message, validator, []);
      const members = message.members.filter((member) => needed.has(member.name) && canBeAbsent(member));
      required.set(typeName(message), members.map(fieldKey));
    }
    let left = [...required.values()].flat().length * 2;
    // In one pass: a file may have thousands of messages.
    const patched = code.replace(declarations, (declaration, type?: string, created?: string) => {
      const keys = required.get(type ?? created ?? "") ?? [];
      left -= keys.length;
      return keys.reduce((text, key) => (type ? requireInType : requireInBase)(text, key, file), declaration);
    });
    assertOutput(left === 0, file, "the interface of a message, or the function that creates it, is missing");
    return patched;
  },
};

function canBeAbsent(member: DescMessage["members"][number]): boolean {
  return member.kind === "oneof" || member.presence !== Presence.IMPLICIT;
}

function requireInType(declaration: string, key: string, file: DescFile): string {
  const member = new RegExp(`(^ {2}${key})\\?:((?:.|\\n)*?)\\s*\\| undefined,$`, "m");
  return replaceIn(declaration, member, "$1:$2,", file);
}

function requireInBase(declaration: string, key: string, file: DescFile): string {
  return replaceIn(declaration, new RegExp(`\\b${key}: undefined(?! as)`), "$& as never", file);
}

function replaceIn(declaration: string, part: RegExp, replacement: string, file: DescFile): string {
  assertOutput(part.test(declaration), file, `${part} is not in ${declaration.split("\n", 1)[0]}`);
  return declaration.replace(part, replacement);
}
