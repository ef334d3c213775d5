import { join } from "node:path";
import { findApps, openBundler } from "@mesh/dev";

/** The folder of the repository. */
export const root = join(import.meta.dirname, "../../..");

/** Builds every service and the gateway, of this repository or of a copy. @throws Error naming what does not compile */
export async function buildApps(of = root): Promise<void> {
  for (const { folder, kind } of await findApps(of)) {
    if (kind === "web") continue;
    const bundler = await openBundler(of, folder);
    const { errors } = await bundler.build().finally(() => bundler.close());
    if (errors.length > 0) throw new Error(`${folder} does not compile:\n${errors.join("\n")}`);
  }
}
