import { join } from "node:path";
import { findApps, openBundler } from "@mesh/infra";

/** The folder of the repository. */
export const root = join(import.meta.dirname, "../../..");

/** Builds every service and the gateway. @throws Error naming what does not compile */
export async function buildApps(): Promise<void> {
  for (const { folder, kind } of await findApps(root)) {
    if (kind === "web") continue;
    const bundler = await openBundler(root, folder);
    const { errors } = await bundler.build().finally(() => bundler.close());
    if (errors.length > 0) throw new Error(`${folder} does not compile:\n${errors.join("\n")}`);
  }
}
