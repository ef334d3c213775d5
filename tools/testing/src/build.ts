import { join } from "node:path";
import { createBundler, findApps } from "@mesh/dev";

/** The folder of the repository. */
export const root = join(import.meta.dirname, "../../..");

/**
 * Builds every service and the gateway of a repository; the default is this one.
 *
 * @throws Error with the errors of an app that does not compile
 */
export async function buildApps(repository = root): Promise<void> {
  for (const { folder, kind } of await findApps(repository)) {
    if (kind === "web") continue;
    const { errors } = await createBundler(repository, folder).build();
    if (errors.length > 0) throw new Error(`${folder} does not compile:\n${errors.join("\n")}`);
  }
}
