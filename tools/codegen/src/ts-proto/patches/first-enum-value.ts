import type { Patch } from "../patch.ts";
import { TypeView } from "../type-view.ts";

/**
 * Lets ts-proto find only the first value of an enum, which is the default. ts-proto prefers a later value that is 0, does
 * not write that value in a map, and other programs then read the first value.
 */
export const firstEnumValue: Patch = {
  types: (types) =>
    new TypeView(types, ([module, name, type]) => {
      return [module, name, "value" in type ? { ...type, value: type.value.slice(0, 1) } : type];
    }),
};
