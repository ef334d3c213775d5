import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { type MeshProcess, processesOf } from "../processes.ts";
import { sharedObjects } from "./mesh.ts";
import { type Manifest, workloadOf } from "./workload.ts";

const host = "shop.example";
const kustomize = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };

/** Returns the objects of a mesh, by the names of their files. */
export function manifestsOf(processes: readonly MeshProcess[]): ReadonlyMap<string, readonly Manifest[]> {
  const workloads = processes.map((process) => [process.name, workloadOf(process, processes)] as const);
  return new Map([["mesh", sharedObjects(host)], ...workloads]);
}

/**
 * Writes the manifests of a repository to a folder: `base`, and `overlays/production`, which has the images and is only written
 * if it is missing.
 *
 * @throws Error that names the field if an object does not follow the schema of Kubernetes
 */
export async function writeKubernetes(root: string, folder: string): Promise<void> {
  const processes = await processesOf(root);
  const manifests = manifestsOf(processes);
  const files = [...manifests.keys()].map((name) => `${name}.yaml`);
  await write(join(folder, "base/kustomization.yaml"), [{ ...kustomize, namespace: "mesh", resources: files }]);
  for (const [name, objects] of manifests) {
    for (const object of objects) object.validate();
    await write(
      join(folder, `base/${name}.yaml`),
      objects.map((object) => object.toJSON()),
    );
  }
  const images = processes.map(({ name }) => ({ name, newName: `registry.example/${name}`, newTag: "1.0.0" }));
  const overlay = { ...kustomize, resources: ["../../base"], images };
  await write(join(folder, "overlays/production/kustomization.yaml"), [overlay], "wx");
}

async function write(file: string, documents: readonly unknown[], flag = "w"): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const texts = documents.map((one) => stringify(one, { lineWidth: 0, aliasDuplicateObjects: false }));
  await writeFile(file, texts.join("---\n"), { flag }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
