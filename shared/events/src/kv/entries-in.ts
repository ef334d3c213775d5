import type { KV, KvEntry } from "nats";

/** Returns the entries of a key, or of a pattern of keys, that a bucket has now, with its history. The oldest comes first. */
export async function entriesIn(bucket: KV, key: string): Promise<KvEntry[]> {
  const entries: KvEntry[] = [];
  for await (const entry of await bucket.history({ key })) {
    // If another entry is written meanwhile, nats.js 2.29 ends the list with one that is undefined.
    if ((entry as KvEntry | undefined) === undefined) break;
    entries.push(entry);
  }
  return entries;
}
