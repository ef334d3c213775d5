import type { Databases } from "./databases.ts";
import type { Violation } from "./violation.ts";

interface Entry {
  readonly key: string;
  readonly version: string;
}

/** I5: a consumer gets the versions of a key one after the other, without a gap, and each once. */
export async function checkVersions(databases: Databases): Promise<Violation[]> {
  const sql = "select key, version from entries where version is not null order by position";
  const last = new Map<string, bigint>();
  const violations: Violation[] = [];
  for (const { key, version } of await databases.query<Entry>("ledger", sql)) {
    const before = last.get(key);
    if (before !== undefined && BigInt(version) !== before + 1n) {
      violations.push({ invariant: "I5", what: `the ledger got version ${version} of ${key} after ${before}` });
    }
    last.set(key, BigInt(version));
  }
  return violations;
}
