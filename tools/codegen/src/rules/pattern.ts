import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { RE2JS } from "@bufbuild/re2";
import { call, text } from "../printing.ts";
import type { RulePrinter } from "./checks.ts";
import { isLinear } from "./linear/linear.ts";
import { translate, UntranslatableError } from "./re2.ts";
import { ruleValue } from "./values.ts";

/** `pattern`, whose expression is RE2's. */
export function patternRule(check: string): RulePrinter {
  return (rules, field, site) => {
    const source = String(ruleValue(rules, field));
    const wrong = errorOf(source);
    if (wrong !== undefined) {
      site.report(`the pattern ${source} on ${site.desc.name} is none of RE2's: ${wrong}`);
      return undefined;
    }
    return call(check, native(source) ?? ofRe2(source), text(source));
  };
}

/** JavaScript's own expression, where it means the same and no text makes it take long. */
function native(source: string): string | undefined {
  try {
    const expression = translate(source);
    return isLinear(expression) ? expression.toString() : undefined;
  } catch (error) {
    if (!(error instanceof UntranslatableError)) throw error;
    return undefined;
  }
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
