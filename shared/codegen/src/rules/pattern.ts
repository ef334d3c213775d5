import { call, text } from "../printing.ts";
import type { RulePrinter } from "./checks.ts";
import { translate, UntranslatableError } from "./re2.ts";
import { ruleValue } from "./values.ts";

/** `pattern`, whose expression is RE2's. */
export function patternRule(check: string): RulePrinter {
  return (rules, field, site) => {
    const source = String(ruleValue(rules, field));
    try {
      return call(check, translate(source).toString(), text(source));
    } catch (error) {
      if (!(error instanceof UntranslatableError)) throw error;
      site.report(`the pattern ${source} on ${site.desc.name} can't be translated to JavaScript: ${error.message}`);
      return undefined;
    }
  };
}
