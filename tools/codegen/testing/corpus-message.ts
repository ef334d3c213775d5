/** A message of the corpus, and the values to try for its field `value`. */
export interface CorpusMessage {
  /** The kind of field in the message: `string`, `optional string`. */
  readonly group: string;
  readonly name: string;
  readonly source: string;
  readonly inputs: readonly Readonly<Record<string, unknown>>[];
}
