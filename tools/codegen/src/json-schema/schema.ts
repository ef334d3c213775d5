/** A schema of draft 2020-12, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema that nothing fits. */
export const nothing: JsonSchema = { not: {} };

/** All of some schemas as one: their keywords side by side and, where a keyword is said twice, `allOf`. */
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

/** One of some schemas or several; a single one stands for itself. */
export function any(...schemas: readonly JsonSchema[]): JsonSchema {
  return schemas.length === 1 && schemas[0] ? schemas[0] : { anyOf: schemas };
}

/** Exactly these values; none: nothing fits. */
export function oneOfValues(values: readonly unknown[]): JsonSchema {
  const distinct = [...new Set(values)];
  if (distinct.length === 0) return nothing;
  return distinct.length === 1 ? { const: distinct[0] } : { enum: distinct };
}

/** A literal text in an expression of ECMAScript with the flag `u`. */
export function literalPattern(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&");
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
