import { assertOutput, type Patch } from "../patch.ts";

/** The condition under which ts-proto writes a number, if the number can be -0. */
const condition = /if \( ?(\S+) !== 0\) (\{\s*writer\.uint32\(\d+\)\.(?:double|float)\()/g;

/** Writes -0, which is not the default of a number. ts-proto leaves it out. */
export const negativeZero: Patch = {
  code(code, file) {
    const patched = code.replace(condition, "if (!globalThis.Object.is($1, 0)) $2");
    const isLeft = /!== 0\)\s*\{\s*writer\.uint32\(\d+\)\.(?:double|float)\(/.test(patched);
    assertOutput(!isLeft, file, "a number is compared with 0 in another way");
    return patched;
  },
};
