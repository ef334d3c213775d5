import type { CorpusKind } from "./corpus-kind.ts";

/** Messages, among them well-known ones. */
export const messages: readonly CorpusKind[] = [
  {
    type: "google.protobuf.FieldMask",
    values: [[], ["a"], ["a", "b"], ["a.c"], ["ab"], ["b", "a"]],
    rules: [
      '.field_mask.const = {paths: ["a", "b"]}',
      '.field_mask = {in: ["a"]}',
      '.field_mask = {in: ["a", "b"]}',
      '.field_mask = {not_in: ["a"]}',
    ],
  },
  {
    type: "google.protobuf.Any",
    values: [
      { typeUrl: "type.googleapis.com/a.B", value: new Uint8Array() },
      { typeUrl: "type.googleapis.com/a.C", value: Uint8Array.of(8, 1) },
      { typeUrl: "", value: new Uint8Array() },
    ],
    rules: ['.any = {in: ["type.googleapis.com/a.B"]}', '.any = {not_in: ["type.googleapis.com/a.B"]}'],
  },
  { type: "Part", values: [{}, { text: "a" }, { text: "ab", part: { text: "" } }], rules: [".required = true"] },
];
