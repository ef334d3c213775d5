import type { Patch } from "../patch.ts";

/** Rejects a string that is not valid UTF-8, as protobuf requires. ts-proto replaces the wrong bytes by U+FFFD. */
export const utf8: Patch = {
  code: (code) => code.replaceAll("reader.string()", "reader.string(true)"),
};
