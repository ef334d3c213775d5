import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { fieldKey, typeName } from "../names.ts";
import { neededMembers } from "../schema/needed.ts";

/**
 * Types what the rules require as always there: ts-proto types every message field and every oneof as optional, though
 * no checked message lacks a required one, and whoever reads it would have to handle what can't be.
 */
export function requireMembers(file: DescFile, source: string): string {
  return messagesOf(file).reduce((text, message) => {
    // What is wrong with the rules is told by the other plugin.
    const needed = neededMembers(message, []);
    const keys = message.members.filter((member) => needed.has(member.name)).map(fieldKey);
    return keys.reduce((before, key) => requireMember(before, typeName(message), key), text);
  }, source);
}

function messagesOf({ messages }: Pick<DescFile, "messages">): DescMessage[] {
  return messages.flatMap((message) => [message, ...messagesOf({ messages: message.nestedMessages })]);
}

/** Changes one member, if it is optional: in the interface, and in the message from which decoding starts. */
function requireMember(source: string, type: string, key: string): string {
  return replaceWithin(source, `export interface ${type} {\n`, "\n}\n", (body) => {
    const member = new RegExp(`(^  ${key})\\?:((?:.|\\n)*?)\\s*\\| undefined;$`, "m");
    // A single type that the formatter had put on a line of its own comes back up.
    return body.replace(
      member,
      (_, name: string, rest: string) => `${name}:${rest.replace(/^\s*\|\s*(\w+)$/, " $1")};`,
    );
  }).replace(
    new RegExp(
      `(function createBase${type}\\(\\): ${type} \\{\\n {2}return \\{(?:.|\\n)*?\\b${key}: undefined)(?! as)`,
    ),
    (found) => `${found} as never`,
  );
}

function replaceWithin(source: string, from: string, to: string, change: (part: string) => string): string {
  const start = source.indexOf(from);
  const end = source.indexOf(to, start);
  if (start < 0 || end < 0) return source;
  return source.slice(0, start) + change(source.slice(start, end)) + source.slice(end);
}
