import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import type { Validator } from "@bufbuild/protovalidate";
import { neededMembers } from "../schema/needed.ts";
import { unruled } from "./collection-schema.ts";
import { elementSchema } from "./element-schema.ts";
import { enumDefinition } from "./enum-schema.ts";
import { messageSchema } from "./message-schema.ts";
import type { JsonSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import { isSpecial } from "./well-known.ts";

/** Options of all schemas of a document. */
export interface DefinitionOptions {
  /** The text before a name in a reference: `#/$defs/`. */
  readonly base: string;
  /**
   * True for what the gateway reads: it rejects unknown fields, and takes several spellings of a value. False for what it
   * writes, which has one spelling, and may get fields that a client does not know.
   */
  readonly isRequest: boolean;
  /** Returns true for messages whose names get the suffix `-request`. Default: none. */
  readonly isNamedRequest?: (message: DescMessage) => boolean;
}

interface Entry {
  readonly schema: JsonSchema;
  /** The names of the schemas that it refers to. */
  readonly uses: ReadonlySet<string>;
  /** Its text in a document, once it is needed. */
  member?: string;
}

/** The schemas of messages and enums by name, such as `orders.v1.Order`. Each is made once. */
export class Definitions {
  readonly #validator: Validator;
  readonly #options: DefinitionOptions;
  readonly #known = new Map<string, { readonly desc: DescMessage | DescEnum; readonly isUnchecked: boolean }>();
  readonly #entries = new Map<string, Entry>();

  constructor(validator: Validator, options: DefinitionOptions) {
    this.#validator = validator;
    this.#options = options;
  }

  /** Returns the name of a message or an enum, for `schemaOf` and `closure`. */
  name(desc: DescMessage | DescEnum, isUnchecked = false): string {
    // No name in a contract has a hyphen.
    const isRequest = desc.kind === "message" && this.#options.isNamedRequest?.(desc);
    const suffix = `${isRequest ? "-request" : ""}${isUnchecked && desc.kind === "message" ? "-unchecked" : ""}`;
    const name = desc.typeName + suffix;
    this.#known.set(name, { desc, isUnchecked });
    return name;
  }

  /** Returns a reference to a message or an enum. */
  reference(desc: DescMessage | DescEnum, isUnchecked = false): JsonSchema {
    return { $ref: this.#options.base + this.name(desc, isUnchecked) };
  }

  /** Returns true if `name` has returned this name. */
  knows(name: string): boolean {
    return this.#known.has(name);
  }

  /** Returns the schema with a name. */
  schemaOf(name: string): JsonSchema {
    return this.#entry(name).schema;
  }

  /** Returns the schema of a message itself, not a reference. */
  expanded(message: DescMessage): JsonSchema {
    return this.schemaOf(this.name(message));
  }

  /** Returns the schema of a field. */
  property({ parent, jsonName }: DescField): JsonSchema {
    const properties = this.expanded(parent).properties as Readonly<Record<string, JsonSchema>>; // Of a message with fields.
    return properties[jsonName] ?? {};
  }

  /** Returns the names in JSON of the required fields of a message. */
  requiredOf(message: DescMessage): readonly string[] {
    const { required } = this.expanded(message);
    return Array.isArray(required) ? required : [];
  }

  /** Returns these names and those of all schemas that they refer to, at any depth, sorted. */
  closure(names: Iterable<string>): string[] {
    const found = new Set(names);
    // Iterating a set includes the elements that are added meanwhile.
    for (const name of found) for (const used of this.usesOf(name)) found.add(used);
    return [...found].sort();
  }

  /** Returns a schema with its name as JSON, as it is in `$defs` of an indented document. */
  memberOf(name: string): string {
    const entry = this.#entry(name);
    entry.member ??= `    ${JSON.stringify(name)}: ${JSON.stringify(entry.schema, null, 2).replaceAll("\n", "\n    ")}`;
    return entry.member;
  }

  /** Returns the names that a schema refers to. */
  usesOf(name: string): ReadonlySet<string> {
    return this.#entry(name).uses;
  }

  #entry(name: string): Entry {
    const made = this.#entries.get(name) ?? this.#make(name);
    this.#entries.set(name, made);
    return made;
  }

  #make(name: string): Entry {
    const known = this.#known.get(name);
    if (!known) throw new Error(`there is no schema with the name ${name}`);
    const uses = new Set<string>();
    return { schema: definitionOf(known.desc, this.#scope(known.isUnchecked, uses)), uses };
  }

  #scope(isUnchecked: boolean, uses: Set<string>): Scope {
    return {
      isUnchecked,
      reference: (desc, isTargetUnchecked) => {
        uses.add(this.name(desc, isTargetUnchecked));
        return this.reference(desc, isTargetUnchecked);
      },
      needed: (message) => neededMembers(message, this.#validator, []),
      isRequest: this.#options.isRequest,
    };
  }
}

function definitionOf(desc: DescMessage | DescEnum, scope: Scope): JsonSchema {
  if (desc.kind === "enum") return enumDefinition(desc);
  if (!isSpecial(desc)) return messageSchema(desc, scope);
  return { title: desc.name, ...elementSchema({ kind: "message", message: desc }, unruled, scope) };
}
