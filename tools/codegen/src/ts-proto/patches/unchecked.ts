import type { Patch } from "../patch.ts";

/** The line with which compilers do not check a file. */
export const uncheckedLine = "// @ts-nocheck\n";

/**
 * Lets compilers take the code as they take the declarations of a library: a project of 200 services is checked in half of
 * the time. The tests of the generator check the code without this line. ts-proto has no such option.
 */
export const unchecked: Patch = {
  code: (code) => uncheckedLine + code,
};
