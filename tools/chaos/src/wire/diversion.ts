/** Runs a statement elsewhere. */
export interface Diversion {
  matches(text: string): boolean;
  run(text: string, values: readonly (string | Buffer | null)[]): Promise<void>;
}

/** ParseComplete. */
const parsed = Buffer.from([0x31, 0, 0, 0, 4]);

/** What a client gets for an INSERT within a transaction: BindComplete, NoData, CommandComplete, ReadyForQuery. */
const inserted = Buffer.concat([
  Buffer.from([0x32, 0, 0, 0, 4, 0x6e, 0, 0, 0, 4, 0x43, 0, 0, 0, 15]),
  Buffer.from("INSERT 0 1\0"),
  Buffer.from([0x5a, 0, 0, 0, 5, 0x54]),
]);

/** Takes an INSERT of one row off a connection, with all of its messages, and runs it elsewhere. */
export class DivertedInserts {
  readonly #diversion: Diversion;
  #text: string | undefined;
  #isParsed = false;
  #values: (string | Buffer | null)[] = [];

  constructor(diversion: Diversion) {
    this.#diversion = diversion;
  }

  /**
   * Returns whether it takes a message, or the last one of a statement, which `run` runs then.
   *
   * @param text of the statement that a message prepares or runs
   */
  take(message: Buffer, text: string | undefined): "passes" | "taken" | "complete" {
    if (text !== undefined && this.#diversion.matches(text)) this.#text = text;
    if (this.#text === undefined) return "passes";
    const type = String.fromCharCode(message[0] ?? 0);
    if (type === "P") this.#isParsed = true;
    if (type === "B") this.#values = valuesOf(message);
    return type === "S" ? "complete" : "taken";
  }

  /** Runs a statement that is complete. Resolves with the response for the client. */
  async run(): Promise<Buffer> {
    const [text, isParsed] = [this.#text ?? "", this.#isParsed];
    this.#text = undefined;
    this.#isParsed = false;
    await this.#diversion.run(text, this.#values);
    return isParsed ? Buffer.concat([parsed, inserted]) : inserted;
  }
}

/** Returns the values of a Bind: text, or bytes. */
function valuesOf(message: Buffer): (string | Buffer | null)[] {
  let at = message.indexOf(0, message.indexOf(0, 5) + 1) + 1;
  const int16 = () => {
    at += 2;
    return message.readInt16BE(at - 2);
  };
  const formats = Array.from({ length: int16() }, int16);
  return Array.from({ length: int16() }, (_, index) => {
    const length = message.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    const bytes = message.subarray(at, at + length);
    at += length;
    const format = formats.length > 1 ? formats[index] : formats[0];
    return format === 1 ? Buffer.from(bytes) : bytes.toString("utf8");
  });
}
