import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

const prefix = ".mesh-generate-";

/** The age, in milliseconds, from which a draft is one that a killed process left. No generation takes that long. */
const abandonedAfterMs = 60 * 60 * 1_000;

/**
 * Returns the path of a new folder for code that is not finished, beside the folder of the code. From another file system, such
 * as that of the system's temporary files, code could only be copied. The folder is not made yet: if nothing is generated, the
 * one around it may be read-only. Removes what killed processes left.
 *
 * @param output the folder of the code
 */
export async function newDraft(output: string): Promise<string> {
  const folder = dirname(output);
  const names = await readdir(folder).catch(() => []);
  const drafts = names.filter((name) => name.startsWith(prefix));
  await Promise.all(drafts.map((name) => removeAbandoned(join(folder, name))));
  return join(folder, `${prefix}${randomUUID()}`);
}

async function removeAbandoned(draft: string): Promise<void> {
  // Another process may have removed it meanwhile.
  const { mtimeMs = Date.now() } = (await stat(draft).catch(() => undefined)) ?? {};
  if (Date.now() - mtimeMs > abandonedAfterMs) await rm(draft, { recursive: true, force: true });
}
