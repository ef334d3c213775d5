import type { Patch } from "../patch.ts";

/** The call that adds an item to a list of google.protobuf.Value. */
const added = /\.push\((Value\.unwrap\(Value\.decode\(reader, reader\.uint32\(\)\)\))\);/g;

/**
 * Reads a google.protobuf.Value without a kind as null, as CEL does: it is there, so `required` accepts it. ts-proto reads
 * it as undefined, which no list, object or response of JSON can contain. The patch `merge` does this for single fields
 * and entries of maps.
 */
export const emptyValues: Patch = {
  code: (code) => code.replace(added, ".push($1 ?? null);"),
};
