import { util } from "zod/v4/core";
import { fastOf, unsure } from "../fast.ts";
import type { Field } from "../field.ts";
import { readerOf as loopOf, type Reader } from "./looped.ts";

/**
 * The reader of these fields: compiled, as zod compiles its own objects, because a loop looks up each key by its name and
 * calls each test through a variable, which takes nearly three times as long. In a page it is a loop: a page's security policy may
 * forbid to compile code, and even an attempt is reported. It is also a loop if code can't be compiled, and if zod is
 * configured not to (`jitless`).
 */
export function readerOf(fields: readonly Field[]): Reader {
  const isPage = "document" in globalThis;
  return !isPage && util.allowsEval.value ? compiled(fields) : loopOf(fields);
}

/**
 * A function without loops, into which the engine can inline the tests:
 * `let v0 = has(o, "id") ? o["id"] : undefined; if (!c0(v0) || !c1(v0)) return no; …; return { "id": v0 };`
 */
function compiled(fields: readonly Field[]): Reader {
  const constants: unknown[] = [];
  const nameOf = (constant: unknown) => `c${constants.push(constant) - 1}`;
  const reads = fields.map((field, at) => readOf(field, `v${at}`, nameOf));
  const entries = fields.map(({ key, isOptional }, at) => (isOptional ? "" : `${literal(key)}: v${at},`));
  const additions = fields.map(({ key, isOptional }, at) =>
    isOptional ? `if (v${at} !== undefined) r[${literal(key)}] = v${at};` : "",
  );
  const body = [...reads, `const r = { ${entries.join(" ")} };`, ...additions, "return r;"].join("\n");
  const names = constants.map((_, at) => `c${at}`);
  return new Function("has", "no", ...names, `return (o) => {\n${body}\n}`)(Object.hasOwn, unsure, ...constants);
}

/** The code that reads a field into a variable; `nameOf` gives a name to a value that the code needs. */
function readOf(field: Field, variable: string, nameOf: (constant: unknown) => string): string {
  const { key, type, initial, isOptional } = field;
  const fast = fastOf(type);
  return [
    `let ${variable} = has(o, ${literal(key)}) ? o[${literal(key)}] : undefined;`,
    initial === undefined ? "" : `if (${variable} === undefined) ${variable} = ${nameOf(initial)};`,
    isOptional ? `if (${variable} !== undefined)` : "",
    fast.tests
      ? `if (${fast.tests.map((test) => `!${nameOf(test)}(${variable})`).join(" || ")}) return no;`
      : `if ((${variable} = ${nameOf(fast)}(${variable})) === no) return no;`,
  ].join(" ");
}

/** Only keys of the contract get into the code. */
function literal(key: string): string {
  return JSON.stringify(key);
}
