import type { DescMessage, Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { comparable, type Ordered, valueText } from "./rule-value.ts";

/** The rules of one kind that a field sets, such as those of StringRules, by their names. */
export class RuleSet {
  /** The name of the kind in FieldRules: `int32`. */
  readonly kind: string;
  readonly #values = new Map<string, unknown>();
  readonly #numbers = new Map<string, number>();

  /** @param rules undefined if the field sets none */
  constructor(kind: string, schema: DescMessage, rules: Message | undefined) {
    this.kind = kind;
    const read = rules && reflect(schema, rules);
    for (const field of read?.sortedFields ?? []) {
      if (!read?.isSet(field)) continue;
      const value = read.get(field);
      this.#values.set(field.name, field.fieldKind === "list" ? [...(value as Iterable<unknown>)] : plain(value));
      this.#numbers.set(field.name, field.number);
    }
  }

  /** The names of the rules that are set. */
  get names(): string[] {
    return [...this.#values.keys()];
  }

  /** Returns the field number of a rule in its kind. */
  number(name: string): number {
    return this.#numbers.get(name) ?? 0;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Returns the value of a rule in a form that can be compared. Lists become a string. */
  value(name: string): Ordered | string | boolean | undefined {
    const items = this.list(name);
    if (items) return items.map((item) => JSON.stringify(String(item))).join(",");
    return this.has(name) ? comparable(this.#values.get(name)) : undefined;
  }

  /** Returns the value of a number, a duration or a timestamp. The last two are in nanoseconds. */
  ordered(name: string): Ordered | undefined {
    const value = this.value(name);
    return typeof value === "number" || typeof value === "bigint" ? value : undefined;
  }

  /** Returns the value of a string or of bytes, which become a string of the same length. */
  string(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === "string" ? value : undefined;
  }

  /** Returns the items of a list. */
  list(name: string): (Ordered | string | boolean)[] | undefined {
    const value = this.#values.get(name);
    if (typeof value === "object" && value !== null && "paths" in value) return [...(value.paths as string[])];
    return Array.isArray(value) ? value.map((item) => comparable(plain(item))) : undefined;
  }

  /** The accepted values, if `const` or `in` lists them. */
  get accepted(): (Ordered | string | boolean)[] | undefined {
    const only = this.value("const");
    return only === undefined ? this.list("in") : [only];
  }

  /** Formats some of the rules: `gte 1 lte 10`. Empty if none of them is set. */
  text(names: readonly string[]): string {
    const set = names.filter((name) => this.has(name));
    return set.map((name) => this.#ruleText(name)).join(" ");
  }

  /** Formats the value of a rule. */
  valueText(name: string): string {
    const value = this.#values.get(name);
    return valueText(Array.isArray(value) ? value.map(plain) : value);
  }

  #ruleText(name: string): string {
    return this.#values.get(name) === true ? name : `${name} ${this.valueText(name)}`;
  }
}

/** Unwraps a message: reflection wraps it. */
function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && "message" in value ? value.message : value;
}
