/** A schema of draft 2020-12, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema that rejects all values. */
export const nothing: JsonSchema = { not: {} };

/** Returns one schema for all of several: their keywords merged, and `allOf` for keywords that occur twice. */
export function all(...schemas: readonly JsonSchema[]): JsonSchema {
  const merged: Record<string, unknown> = {};
  const rest: JsonSchema[] = [];
  for (const schema of schemas) {
    const isNew = Object.keys(schema).every((keyword) => !Object.hasOwn(merged, keyword));
    if (isNew) Object.assign(merged, schema);
    else rest.push(schema);
  }
  return rest.length === 0 ? merged : { ...merged, allOf: [...listOf(merged.allOf), ...rest] };
}

/** Returns a schema that fits if at least one of several does. */
export function any(...schemas: readonly JsonSchema[]): JsonSchema {
  return schemas.length === 1 && schemas[0] ? schemas[0] : { anyOf: schemas };
}

/** Returns a schema that accepts exactly these values. */
export function oneOfValues(values: readonly unknown[]): JsonSchema {
  const distinct = [...new Set(values)];
  if (distinct.length === 0) return nothing;
  return distinct.length === 1 ? { const: distinct[0] } : { enum: distinct };
}

/** Returns a pattern that matches a literal text, in ECMAScript with the flag `u`. */
export function literalPattern(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&");
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
