import { util } from "zod/v4/core";
import { unsure } from "../fast.ts";
import type { Field } from "../field.ts";
import { readerOf as loopOf, type Reader, valueReader } from "./looped.ts";

/**
 * The reader of these fields: compiled, as zod compiles its own objects, because a loop, which looks up each key by its
 * name, takes half as long again. In a page it is a loop: a page's security policy may forbid to compile code, and even
 * an attempt is reported. It is also a loop where code can't be compiled, and if zod is configured not to (`jitless`).
 */
export function readerOf(fields: readonly Field[]): Reader {
  const isPage = "document" in globalThis;
  return !isPage && util.allowsEval.value ? compiled(fields) : loopOf(fields);
}

/** A function without loops: `const v0 = p[0](has(o, "id") ? o["id"] : undefined); …; return { "id": v0 };` */
function compiled(fields: readonly Field[]): Reader {
  // Only keys of the contract get into the code, as literals.
  const parts = fields.map(({ key, ...field }, at) => ({
    name: JSON.stringify(key),
    at,
    always: isAlwaysThere(field),
  }));
  const reads = parts.map(
    ({ name, at }) =>
      `const v${at} = p[${at}](has(o, ${name}) ? o[${name}] : undefined); if (v${at} === no) return no;`,
  );
  const entries = parts.flatMap(({ name, at, always }) => (always ? [`${name}: v${at}`] : []));
  const additions = parts.flatMap(({ name, at, always }) =>
    always ? [] : [`if (v${at} !== undefined) r[${name}] = v${at};`],
  );
  const body = [...reads, `const r = { ${entries.join(", ")} };`, ...additions, "return r;"].join("\n");
  const make = new Function("p", "has", "no", `return (o) => {\n${body}\n}`);
  return make(fields.map(valueReader), Object.hasOwn, unsure);
}

/** Returns whether a message that is right has the field. */
function isAlwaysThere({ initial, absence }: Pick<Field, "initial" | "absence">): boolean {
  return initial !== undefined || absence !== undefined;
}
