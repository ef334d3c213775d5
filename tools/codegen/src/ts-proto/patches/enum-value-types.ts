import { assertOutput, type Patch } from "../patch.ts";

const namespace = /^export namespace \w+ \{\n(?: {2}export type [^;]*;\n)*\}\n/gm;

/**
 * Removes the type of each single value of an enum. A value may be named `string` or `undefined`, and a type may not. No
 * generated code uses these types.
 */
export const enumValueTypes: Patch = {
  code(code, file) {
    const patched = code.replace(namespace, "");
    assertOutput(!/^export namespace /m.test(patched), file, "a namespace has another content");
    return patched;
  },
};
