import { assertOutput, type Patch } from "../patch.ts";

/** An entry of a map, as it is read. */
const assignment = /^( *)(\S+)\[((?:entry\d+\.)?key)\] = (.+);$/gm;
const attributes = "configurable: true, enumerable: true, writable: true";

/** A value of an enum. */
const property = /^( +)__proto__ : (-?\d+)/gm;

/**
 * Keeps what is named `__proto__`: the entry of a map with that key, which any sender can send, and the value of an enum.
 * ts-proto sets the prototype of the object instead.
 */
export const protoKeys: Patch = {
  code(code, file) {
    const patched = code
      .replace(assignment, `$1globalThis.Object.defineProperty($2, $3, { value: $4, ${attributes} });`)
      .replace(property, '$1["__proto__"]: $2');
    assertOutput(!/key\] =/.test(patched), file, "the entry of a map is set in another way");
    return patched;
  },
};
