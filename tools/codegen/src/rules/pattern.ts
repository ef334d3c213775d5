import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { RE2JS } from "@bufbuild/re2";
import { call, text } from "../printing.ts";
import type { RulePrinter } from "./checks.ts";
import { linearExpression } from "./plain-pattern.ts";
import { ruleValue } from "./values.ts";

/** Prints `pattern` as an expression of JavaScript if that is safe, or with the library of RE2. */
export function patternRule(check: string): RulePrinter {
  return (rules, field, site) => {
    const source = String(ruleValue(rules, field));
    const wrong = errorOf(source);
    if (wrong !== undefined) {
      site.report(`the pattern ${source} on ${site.desc.name} is not valid in RE2: ${wrong}`);
      return undefined;
    }
    return call(check, linearExpression(source)?.toString() ?? ofRe2(source), text(source));
  };
}

function ofRe2(source: string): Printable {
  return [createImportSymbol("re2", "@mesh/contracts/re2"), "(", text(source), ")"];
}

function errorOf(source: string): string | undefined {
  try {
    RE2JS.compile(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
