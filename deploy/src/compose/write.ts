import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeDashboards } from "../grafana/write.ts";
import { processesOf } from "../processes.ts";
import { composeFiles, composeOf } from "./compose.ts";
import { writeSecrets } from "./secrets.ts";

/** Writes the compose file of a repository, and what it mounts, to a folder. Secrets that are there remain. */
export async function writeCompose(root: string, folder: string): Promise<void> {
  const processes = await processesOf(root);
  await mkdir(folder, { recursive: true });
  const files = {
    "compose.yaml": stringify(composeOf(processes), { lineWidth: 0, aliasDuplicateObjects: false }),
    ...composeFiles(processes),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  for (const name of ["rules.yaml", "alertmanager.yaml"]) {
    await copyFile(join(root, "deploy/observability/prometheus", name), join(folder, name));
  }
  await writeDashboards(root, join(folder, "dashboards"));
  await writeSecrets(root, join(folder, "secrets"), processes);
}
