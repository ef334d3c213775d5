import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import type { Validator } from "@bufbuild/protovalidate";
import { fieldKey, typeName } from "../names.ts";
import { neededMembers } from "../schema/needed.ts";

/**
 * Types what the rules require as always there: ts-proto types every message field and every oneof as optional, though
 * no checked message lacks a required one, and whoever reads it would have to handle what can't be.
 */
export function requireMembers(file: DescFile, source: string, validator: Validator): string {
  return messagesOf(file).reduce((text, message) => {
    // What is wrong with the rules is told by the other plugin.
    const needed = neededMembers(message, validator, []);
    const keys = message.members.filter((member) => needed.has(member.name) && canBeAbsent(member)).map(fieldKey);
    return keys.reduce((before, key) => requireMember(before, typeName(message), key), text);
  }, source);
}

function messagesOf({ messages }: Pick<DescFile, "messages">): DescMessage[] {
  return messages.flatMap((message) => [message, ...messagesOf({ messages: message.nestedMessages })]);
}

function canBeAbsent(member: DescMessage["members"][number]): boolean {
  return member.kind === "oneof" || member.presence !== Presence.IMPLICIT;
}

/** Changes one member: in the interface, and in the message from which decoding starts. */
function requireMember(source: string, type: string, key: string): string {
  const member = new RegExp(`(^ {2}${key})\\?:((?:.|\\n)*?)\\s*\\| undefined,$`, "m");
  const typed = replaceWithin(
    source,
    `export interface ${type} {\n`,
    "\n}\n",
    member,
    (_, name: string, rest: string) => `${name}:${rest},`,
  );
  const initial = new RegExp(`\\b${key}: undefined(?! as)`);
  return replaceWithin(
    typed,
    `function createBase${type}(): ${type} {\n`,
    "\n}\n",
    initial,
    (found) => `${found} as never`,
  );
}

/** Replaces what is there once between two texts; that it is not there means that ts-proto's output changed. */
function replaceWithin(
  source: string,
  from: string,
  to: string,
  what: RegExp,
  change: (found: string, ...groups: string[]) => string,
): string {
  const start = source.indexOf(from);
  const end = source.indexOf(to, start);
  const part = source.slice(start, end);
  if (start < 0 || end < 0 || !what.test(part)) throw new Error(`ts-proto's output changed, ${what} is not in ${from}`);
  return source.slice(0, start) + part.replace(what, change) + source.slice(end);
}
