import { assertOutput, type Patch } from "../patch.ts";

/** The comment that ends the head of a file, after which the imports begin. */
const head = "/* eslint-disable */\n";

/**
 * Reads a float as its shortest decimal: 0.1, as the contract and JSON have it. ts-proto returns the
 * number of 64 bits with the same value, 0.10000000149011612.
 */
export const floats: Patch = {
  code(code, file) {
    if (!code.includes("reader.float()")) return code;
    assertOutput(code.includes(head), file, "a file has another head");
    return code
      .replaceAll("reader.float()", "shortFloat(reader.float())")
      .replace(head, `${head}import { shortFloat } from '@mesh/contracts/short-float';\n`);
  },
};
