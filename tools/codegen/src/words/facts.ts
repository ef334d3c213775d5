import type { DescMessage, Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { comparable, type Ordered, valueText } from "./value.ts";

/** The rules of one kind that a contract sets, such as those of StringRules, by their names. */
export class Facts {
  /** What the kind is called in FieldRules: `int32`. */
  readonly kind: string;
  readonly #values = new Map<string, unknown>();
  readonly #numbers = new Map<string, number>();

  /** @param rules undefined: none is set */
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

  /** A rule's number in its kind. */
  number(name: string): number {
    return this.#numbers.get(name) ?? 0;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** What a rule is set to, as something to compare. */
  value(name: string): Ordered | string | boolean | undefined {
    const items = this.list(name);
    if (items) return items.map((item) => JSON.stringify(String(item))).join(",");
    return this.has(name) ? comparable(this.#values.get(name)) : undefined;
  }

  /** What a rule that is a number, a duration or a time is set to. */
  ordered(name: string): Ordered | undefined {
    const value = this.value(name);
    return typeof value === "number" || typeof value === "bigint" ? value : undefined;
  }

  /** What a rule that is a text is set to; bytes are a text of them. */
  string(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === "string" ? value : undefined;
  }

  /** The items of a rule that is a list; undefined: it is not set. */
  list(name: string): (Ordered | string | boolean)[] | undefined {
    const value = this.#values.get(name);
    if (typeof value === "object" && value !== null && "paths" in value) return [...(value.paths as string[])];
    return Array.isArray(value) ? value.map((item) => comparable(plain(item))) : undefined;
  }

  /** The only values that are accepted, where the rules name them; undefined: they do not. */
  get accepted(): (Ordered | string | boolean)[] | undefined {
    const only = this.value("const");
    return only === undefined ? this.list("in") : [only];
  }

  /** Some of the rules in words: `gte 1 lte 10`; empty: none of them is set. */
  text(names: readonly string[]): string {
    const set = names.filter((name) => this.has(name));
    return set.map((name) => this.#ruleText(name)).join(" ");
  }

  /** What a rule is set to, as people read it. */
  valueText(name: string): string {
    const value = this.#values.get(name);
    return valueText(Array.isArray(value) ? value.map(plain) : value);
  }

  #ruleText(name: string): string {
    return this.#values.get(name) === true ? name : `${name} ${this.valueText(name)}`;
  }
}

/** A message as such: reflection wraps it. */
function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && "message" in value ? value.message : value;
}
