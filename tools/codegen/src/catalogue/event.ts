import type { DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import type { Problem } from "../problem.ts";
import { nameListProblem } from "./name-list.ts";
import { type MeshOptions, optionPaths } from "./options.ts";

/** An event: its message, its subject, and the field by which it is ordered. */
export interface CatalogueEvent {
  readonly message: DescMessage;
  readonly subject: string;
  readonly key: DescField;
  /** The names of the services that may consume it. Empty: any service may. */
  readonly consumers: readonly string[];
}

/** Returns the events that a file declares, without checking them: see `checkEvents`. */
export function eventsOf(file: DescFile, options: MeshOptions): CatalogueEvent[] {
  return [...nestedTypes(file)].flatMap((type) => {
    const option = type.kind === "message" ? options.event(type) : undefined;
    if (type.kind !== "message" || !option) return [];
    const key = type.fields.find(({ name }) => name === option.key);
    return key ? [{ message: type, subject: option.subject, key, consumers: option.consumers ?? [] }] : [];
  });
}

/** Checks the events of all files: a subject belongs to its package and to one event, and the key is a plain field. */
export function checkEvents(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  const taken = new Map<string, DescMessage>();
  for (const message of files.flatMap((file) => [...nestedTypes(file)])) {
    const option = message.kind === "message" ? options.event(message) : undefined;
    if (message.kind !== "message" || !option) continue;
    const subject = subjectProblem(message, option.subject, taken.get(option.subject));
    if (subject) problems.push({ desc: message, text: subject, option: optionPaths.eventSubject });
    const key = keyProblem(message, option.key);
    if (key) problems.push({ desc: message, text: key, option: optionPaths.eventKey });
    const consumers = nameListProblem(option.consumers ?? []);
    if (consumers)
      problems.push({ desc: message, text: `consumers: ${consumers}`, option: optionPaths.eventConsumers });
    taken.set(option.subject, message);
  }
}

function subjectProblem(message: DescMessage, subject: string, other: DescMessage | undefined): string | undefined {
  if (message.file.proto.package === "") {
    return "an event's subject begins with its package, and this file has none: add one, such as orders.v1";
  }
  const prefix = `${message.file.proto.package}.`;
  if (!/^[a-z0-9_.]+$/.test(prefix)) {
    const problem = `the event's subject ${JSON.stringify(subject)} begins with its package ${message.file.proto.package}`;
    return `${problem}, which must be in lower case: rename the package`;
  }
  const isName = subject.startsWith(prefix) && /^[a-z0-9_]+$/.test(subject.slice(prefix.length));
  if (!isName) {
    return `the event's subject ${JSON.stringify(subject)} must be ${prefix} and a name in lower case: ${prefix}${snakeCase(message.name)}`;
  }
  return other && `the event's subject ${subject} is already used by ${other.typeName}: choose another`;
}

function keyProblem(message: DescMessage, key: string): string | undefined {
  const field = message.fields.find(({ name }) => name === key);
  if (!field) return `the event's key ${JSON.stringify(key)} names no field of ${message.name}: ${fieldNames(message)}`;
  return isPlain(field)
    ? undefined
    : `the event's key ${key} must be a plain field, such as an id, neither a list, a message nor part of a oneof`;
}

function isPlain(field: DescField): boolean {
  return (field.fieldKind === "scalar" || field.fieldKind === "enum") && !field.oneof;
}

function fieldNames(message: DescMessage): string {
  const names = message.fields.filter(isPlain).map(({ name }) => name);
  return names.length > 0 ? `use one of ${names.join(", ")}` : "add a plain field, such as an id";
}

function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
}
