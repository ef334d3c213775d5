import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { App } from "./app.ts";
import { type AppGroup, checkGroups, nonPages } from "./app-group.ts";

/** The file with the apps that share processes. */
const fileName = "processes.json";

/** The name of a process is also that of an image and of a Kubernetes workload. */
const names = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Apps by the name of their process. */
const content = z.record(
  z.string(),
  z.union([z.literal("all"), z.array(z.string())], 'must be "all" or a list of apps'),
);

/**
 * Returns the apps that share processes by the file `processes.json` of a clone. `"all"` is every service and the gateway. None:
 * there is no file.
 *
 * @throws Error that names the file if it is wrong
 */
export async function recordedGroups(root: string, apps: readonly App[]): Promise<AppGroup[]> {
  const text = await readFile(join(root, fileName), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw error;
  });
  try {
    return groupsOf(content.parse(JSON.parse(text)), apps);
  } catch (error) {
    if (error instanceof z.ZodError) throw new Error(`${fileName}: ${z.prettifyError(error)}`);
    throw new Error(`${fileName}: ${error instanceof Error ? error.message : error}`);
  }
}

function groupsOf(processes: z.infer<typeof content>, apps: readonly App[]): AppGroup[] {
  const groups = Object.entries(processes).map(([name, members]) => {
    if (!names.test(name)) throw new Error(`the process "${name}" must have a name of lowercase letters, digits and -`);
    if (apps.some((app) => app.name === name)) throw new Error(`${name} is an app: give the process another name`);
    return { name, members: members === "all" ? nonPages(apps) : members };
  });
  checkGroups(groups, apps);
  return groups;
}
