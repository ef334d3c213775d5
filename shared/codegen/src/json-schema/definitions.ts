import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import type { Validator } from "@bufbuild/protovalidate";
import { wrapped } from "../schema/element.ts";
import { neededMembers } from "../schema/needed.ts";
import { unruled } from "./collection-schema.ts";
import { elementSchema } from "./element-schema.ts";
import { enumDefinition } from "./enum-schema.ts";
import { messageSchema } from "./message-schema.ts";
import type { JsonSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import { wellKnownKind } from "./well-known.ts";

/** How the schemas of a document refer to each other, and what they let through. */
export interface DefinitionOptions {
  /** What stands before a name in a reference: `#/$defs/`. */
  readonly base: string;
  /** Whether a message may have no other properties than its fields. */
  readonly isClosed: (message: DescMessage) => boolean;
}

interface Entry {
  readonly schema: JsonSchema;
  /** The names of those it refers to. */
  readonly uses: ReadonlySet<string>;
}

/** The schemas of messages and enums, each made once, by name: `orders.v1.Order`. */
export class Definitions {
  readonly #validator: Validator;
  readonly #options: DefinitionOptions;
  readonly #known = new Map<string, { readonly desc: DescMessage | DescEnum; readonly isUnchecked: boolean }>();
  readonly #entries = new Map<string, Entry>();

  constructor(validator: Validator, options: DefinitionOptions) {
    this.#validator = validator;
    this.#options = options;
  }

  /** The name of a message or an enum, for `schemaOf` and `closure`. */
  name(desc: DescMessage | DescEnum, isUnchecked = false): string {
    // No name in a contract has a hyphen.
    const name = isUnchecked && desc.kind === "message" ? `${desc.typeName}-unchecked` : desc.typeName;
    this.#known.set(name, { desc, isUnchecked });
    return name;
  }

  /** A reference to a message or an enum. */
  reference(desc: DescMessage | DescEnum, isUnchecked = false): JsonSchema {
    return { $ref: this.#options.base + this.name(desc, isUnchecked) };
  }

  /** The schema of a name. */
  schemaOf(name: string): JsonSchema {
    return this.#entry(name).schema;
  }

  /** The schemas of all names that these lead to, sorted. They themselves are among them only where another leads there. */
  closure(names: readonly string[]): Readonly<Record<string, JsonSchema>> {
    const found = new Set(names.flatMap((name) => [...this.#entry(name).uses]));
    // A set grows while it is walked.
    for (const name of found) for (const used of this.#entry(name).uses) found.add(used);
    return Object.fromEntries([...found].sort().map((name) => [name, this.schemaOf(name)]));
  }

  #entry(name: string): Entry {
    const made = this.#entries.get(name) ?? this.#make(name);
    this.#entries.set(name, made);
    return made;
  }

  #make(name: string): Entry {
    const known = this.#known.get(name);
    if (!known) throw new Error(`no schema is known by the name ${name}`);
    const uses = new Set<string>();
    const scope: Scope = {
      isUnchecked: known.isUnchecked,
      reference: (desc, isUnchecked) => {
        uses.add(this.name(desc, isUnchecked));
        return this.reference(desc, isUnchecked);
      },
      needed: (message) => neededMembers(message, this.#validator, []),
      isClosed: this.#options.isClosed,
    };
    return { schema: definitionOf(known.desc, scope), uses };
  }
}

function definitionOf(desc: DescMessage | DescEnum, scope: Scope): JsonSchema {
  if (desc.kind === "enum") return enumDefinition(desc);
  const isSpecial = wellKnownKind(desc) !== undefined || wrapped(desc) !== undefined;
  if (isSpecial) return { title: desc.name, ...elementSchema({ kind: "message", message: desc }, unruled, scope) };
  return messageSchema(desc, scope);
}
