/** What is broken on purpose, on the way between a process and its servers. A run with it must fail. */
export interface Breakage {
  /** Changes a statement. */
  readonly statement?: (text: string) => string;
  /** Whether a statement runs on another connection, outside of its transaction. */
  readonly isDiverted?: (text: string) => boolean;
  /** Changes an operation of NATS. */
  readonly operation?: (operation: Buffer) => Buffer;
}

/** The parts that can be broken, by the names of `--break`. */
export const breakages = {
  /** Every event counts as new: each has another id in the inbox. */
  inbox: {
    statement: (text) =>
      /^insert into "inbox"/i.test(text)
        ? text.replace(/values \(\$1, \$2|unnest\(\$2::text\[\]\)/, "$& || gen_random_uuid()")
        : text,
  },
  /** No message has an id, so that its id is its sequence, and NATS does not notice a duplicate. */
  "message-ids": {
    operation: (operation) => {
      const at = operation.indexOf("Nats-Msg-Id:");
      if (at < 0 || !operation.toString("latin1", 0, 4).startsWith("HPUB")) return operation;
      const changed = Buffer.from(operation);
      changed.write("Xats", at, "latin1");
      return changed;
    },
  },
  /** `tx.publish` writes to the outbox over another connection, so that events leave without their transaction. */
  "outbox-connection": { isDiverted: (text) => /^insert into "outbox"/i.test(text) },
  /** Every process sends and consumes the events of its service at the same time, so that they lose their order: it needs several replicas. */
  "order-lock": {
    statement: (text) =>
      text
        .replace(/pg_try_advisory_xact_lock\((\$?\w+)\)/i, "($1::bigint is not null)")
        .replace(/(from consumer_leases where .*) and epoch = \d+/, "$1"),
  },
} satisfies Readonly<Record<string, Breakage>>;

export type BreakageName = keyof typeof breakages;
