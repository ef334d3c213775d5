import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { gatewayOf, type MeshProcess, processesOf } from "../processes.ts";
import { sharedObjects } from "./mesh.ts";
import { monitoringOf } from "./monitoring.ts";
import { type Manifest, migrationOf, workloadOf } from "./workload.ts";

const host = "shop.example";
const kustomize = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };

/** Returns the objects of a mesh, by the names of their files. */
export function manifestsOf(processes: readonly MeshProcess[]): ReadonlyMap<string, readonly Manifest[]> {
  const workloads = processes.map((process) => [process.name, workloadOf(process, processes)] as const);
  return new Map([["mesh", sharedObjects(host, gatewayOf(processes))], ...workloads]);
}

/**
 * Writes the manifests of a repository to a folder: `base`, the jobs in `migrations`, `monitoring`, and `overlays`, which are yours and are only
 * written if they are missing.
 *
 * @throws Error that names the field if an object does not follow the schema of Kubernetes
 */
export async function writeKubernetes(root: string, folder: string): Promise<void> {
  const processes = await processesOf(root);
  const jobs = processes.flatMap((one) => migrationOf(one) ?? []);
  await writeBase(join(folder, "base"), manifestsOf(processes));
  await writeBase(join(folder, "migrations"), new Map([["jobs", jobs]]));
  await writeBase(join(folder, "monitoring"), new Map([["prometheus", await monitoringOf(root)]]));
  const images = processes.map(({ name }) => ({ name, newName: `registry.example/${name}`, newTag: "1.0.0" }));
  const component = { apiVersion: "kustomize.config.k8s.io/v1alpha1", kind: "Component", images };
  await write(join(folder, "overlays/images/kustomization.yaml"), [component], "wx");
  for (const [name, base] of Object.entries({ production: "base", migrations: "migrations" })) {
    const overlay = { ...kustomize, resources: [`../../${base}`], components: ["../images"] };
    await write(join(folder, `overlays/${name}/kustomization.yaml`), [overlay], "wx");
  }
}

async function writeBase(folder: string, manifests: ReadonlyMap<string, readonly Manifest[]>): Promise<void> {
  const resources = [...manifests.keys()].map((name) => `${name}.yaml`);
  await write(join(folder, "kustomization.yaml"), [{ ...kustomize, namespace: "mesh", resources }]);
  for (const [name, objects] of manifests) {
    for (const object of objects) object.validate();
    const documents = objects.map((object) => object.toJSON());
    await write(join(folder, `${name}.yaml`), documents);
  }
}

async function write(file: string, documents: readonly unknown[], flag = "w"): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const texts = documents.map((one) => stringify(one, { lineWidth: 0, aliasDuplicateObjects: false }));
  await writeFile(file, texts.join("---\n"), { flag }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
