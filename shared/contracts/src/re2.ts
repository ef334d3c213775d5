import { RE2JS } from "@bufbuild/re2";
import type { Matcher } from "./schema/rules/string.ts";

/**
 * A pattern for which JavaScript has no expression, or only one whose time grows faster than the text. RE2's time never
 * does. A module of its own, because RE2 weighs 17 KB compressed.
 */
export function re2(source: string): Matcher {
  let compiled: RE2JS | undefined;
  return {
    test(text) {
      compiled ??= RE2JS.compile(source);
      return compiled.test(text);
    },
  };
}
