/** A kind of field, its rules, and the values to try them with. */
export interface CorpusKind {
  /** The type in the .proto. */
  readonly type: string;
  /** Rules, as written after `(buf.validate.field)`: `.string.min_len = 1`. */
  readonly rules: readonly string[];
  readonly values: readonly unknown[];
}
