import { defer, type Schema, type StoreTransaction } from "@mesh/store";
import { runStatement } from "@mesh/store/run-statement";

// Statements as text: Drizzle takes longer to write them than PostgreSQL to run them.

type Tx = StoreTransaction<Schema>;

/** Records that an event is handled. @returns false if it was handled before */
export async function addToInbox(tx: Tx, consumer: string, messageId: string): Promise<boolean> {
  const text =
    'insert into "inbox" ("consumer", "message_id") values ($1, $2) on conflict do nothing returning "message_id"';
  const { rows } = await runStatement(tx, text, [consumer, messageId]);
  return rows.length > 0;
}

/** Returns which of some events were handled before. */
export async function handledBefore(
  tx: Tx,
  consumer: string,
  messageIds: readonly string[],
): Promise<ReadonlySet<unknown>> {
  const text = 'select "message_id" from "inbox" where "consumer" = $1 and "message_id" = any($2::text[])';
  const { rows } = await runStatement(tx, text, [consumer, messageIds]);
  return new Set(rows.map(({ message_id }) => message_id));
}

/** Records that events are handled. The commit fails if one of them was handled before. */
export async function addAllToInbox(tx: Tx, consumer: string, messageIds: readonly string[]): Promise<void> {
  const text = 'insert into "inbox" ("consumer", "message_id") select $1, unnest($2::text[])';
  await defer(tx, runStatement(tx, text, [consumer, messageIds]));
}
