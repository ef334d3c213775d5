import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { descriptorSet } from "@mesh/contracts/descriptors";
import { shownServices } from "./contracts.ts";
import { meshDashboard, serviceDashboard } from "./dashboards.ts";

/** Writes a dashboard of Grafana for the mesh, and one for each service of a repository, as JSON to a folder. */
export async function writeDashboards(root: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const dashboards = [meshDashboard(), ...shownServices(root, descriptorSet).map(serviceDashboard)];
  for (const dashboard of dashboards) {
    await writeFile(join(folder, `${dashboard.uid}.json`), `${JSON.stringify(dashboard, undefined, 2)}\n`);
  }
}
