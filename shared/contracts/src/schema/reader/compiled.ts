import { util } from "zod/v4/core";
import { type Fast, fastOf, unsure } from "../fast.ts";
import { type Field, isInherited } from "../field.ts";
import { readerOf as loopOf, type Reader } from "./looped.ts";

/**
 * The reader of these fields: compiled, as zod compiles its own objects, because a loop looks up each key by its name
 * and calls each test through a variable, which takes nearly three times as long. In a page it is a loop: a page's
 * security policy may forbid to compile code, and even an attempt is reported. Bundlers for browsers replace
 * this module by the loop: see `browser` in package.json. It is also a loop if code can't be compiled, and if zod is
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
  let reads = "";
  let entries = "";
  let additions = "";
  fields.forEach(({ key, type, initial, isOptional }, at) => {
    const [variable, name] = [`v${at}`, JSON.stringify(key)]; // Only keys of the contract get into the code.
    const parse = parseCode(fastOf(type), variable, nameOf);
    reads += `let ${variable} = has(o, ${name}) ? o[${name}] : undefined;\n`;
    if (initial !== undefined) reads += `if (${variable} === undefined) ${variable} = ${nameOf(initial)};\n`;
    if (isOptional) {
      reads += `if (${variable} !== undefined) ${parse}\n`;
      additions += `${isInherited(key) ? "" : `if (${variable} !== undefined) `}r[${name}] = ${variable};\n`;
    } else {
      reads += `${parse}\n`;
      entries += `${name}: ${variable}, `;
    }
  });
  const names = constants.map((_, at) => `c${at}`);
  const body = `return (o) => {\n${reads}const r = { ${entries}};\n${additions}return r;\n}`;
  return new Function("has", "no", ...names, body)(Object.hasOwn, unsure, ...constants);
}

/** The code that parses a variable; `nameOf` names a value that the code uses. */
function parseCode(fast: Fast, variable: string, nameOf: (constant: unknown) => string): string {
  const wrong =
    fast.tests?.map((test) => `!${nameOf(test)}(${variable})`).join(" || ") ??
    `(${variable} = ${nameOf(fast)}(${variable})) === no`;
  return `if (${wrong}) return no;`;
}
