import type { Patch } from "../patch.ts";

/** The number of fields that one function encodes. TypeScript analyzes the flow of some 900 `if` of one function. */
const together = 200;

/** An encode function: its head, the statements of its body, and its end. */
const encodeFunction = /(\n {2}encode\([^{]*\): BinaryWriter \{\n)(.*?)(\n {4}return writer;\n {2}\},)/gs;

/** Encodes the fields of a large message by several functions. TypeScript rejects one (TS2563). ts-proto prints one. */
export const largeMessages: Patch = {
  code: (code) =>
    code.replace(encodeFunction, (whole, head: string, body: string, end: string) => {
      const statements = statementsOf(body);
      return statements.length <= together ? whole : head + split(statements) + end;
    }),
};

/** Returns the statements of a body, each with all of its lines. */
function statementsOf(body: string): string[] {
  return body.split(/\n(?= {4}[^\s})\]])/);
}

function split(statements: readonly string[]): string {
  const parts: string[] = [];
  for (let start = 0; start < statements.length; start += together) {
    const name = `part${parts.length + 1}`;
    const lines = statements.slice(start, start + together).join("\n");
    parts.push(`    const ${name} = () => {\n${lines}\n    };\n    ${name}();`);
  }
  return parts.join("\n");
}
