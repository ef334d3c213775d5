import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The secret that signs cookies: made once for a clone, so that a browser keeps its session from run to run. */
export async function cookieSecret(folder: string): Promise<string> {
  const file = join(folder, "cookie-secret");
  try {
    return await readFile(file, "utf8");
  } catch {
    const secret = randomBytes(32).toString("base64url");
    await writeFile(file, secret, { mode: 0o600 });
    return secret;
  }
}
