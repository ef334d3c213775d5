import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { writeKubernetes } from "./write.ts";

const root = join(import.meta.dirname, "../../..");
const run = promisify(execFile);

/** An object of a manifest, as far as the test reads it. */
interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

let folder: string;
let objects: readonly KubernetesObject[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mesh-kubernetes-"));
  await writeKubernetes(root, folder);
  const files = ["base", "migrations"].map(async (name) => {
    const names = (await readdir(join(folder, name))).filter((file) => file !== "kustomization.yaml");
    return Promise.all(names.map((file) => readFile(join(folder, name, file), "utf8")));
  });
  const texts = (await Promise.all(files)).flat();
  const all: KubernetesObject[] = texts.flatMap((text) => parseAllDocuments(text).map((one) => one.toJS()));
  // Those of cert-manager are of no version of Kubernetes.
  objects = all.filter(({ apiVersion }) => !apiVersion.startsWith("cert-manager"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Returns a program that has each object as a literal of the type of its kind. The compiler rejects fields that the version lacks,
 * which an API server drops with a warning. `extra` adds a field to the containers of deployments.
 */
function programOf(packageName: string, extra: object = {}): string {
  return objects
    .map(({ apiVersion, kind, ...rest }, at) => {
      const [group = "", version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
      const text = JSON.stringify({ apiVersion, kind, ...rest }, (key, value) =>
        key === "containers" && kind === "Deployment"
          ? value.map((container: object) => ({ ...container, ...extra }))
          : value,
      );
      const from = `${packageName}/${group.replace(".k8s.io", "")}/${version}`;
      return `import type { ${kind} as Kind${at} } from "${from}";\nexport const object${at}: Kind${at} = ${text};\n`;
    })
    .join("");
}

/** Compiles a program against the types of a version of Kubernetes. Returns the errors. */
async function errorsOf(program: string, cwd: string): Promise<string> {
  const options = { module: "preserve", target: "es2022", strict: true, noEmit: true, types: [], skipLibCheck: true };
  await writeFile(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["objects.ts"] }));
  await writeFile(join(cwd, "objects.ts"), program);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return run(process.execPath, [tsc, "-p", cwd], { cwd, maxBuffer: 2 ** 24 }).then(
    () => "",
    ({ stdout }) => stdout,
  );
}

test.each(["1.25.0", "1.30.0"])("the objects have only fields that Kubernetes %s has", async (version) => {
  const cwd = await mkdtemp(join(folder, "types-"));
  await writeFile(join(cwd, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--no-audit", "--no-fund", `kubernetes-types@${version}`], { cwd });
  expect(objects.length).toBeGreaterThan(5);
  expect(await errorsOf(programOf("kubernetes-types"), cwd)).toBe("");
  expect(await errorsOf(programOf("kubernetes-types", { imagePolicy: "Always" }), cwd)).toContain("imagePolicy");
});
