import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { type MeshProcess, processesOf, secretSettingsOf } from "../processes.ts";
import { policyOf } from "./network-policy.ts";
import { writeKubernetes } from "./write.ts";

const root = join(import.meta.dirname, "../../..");
let folder: string;
let processes: readonly MeshProcess[];

/** An object of a manifest, whose schema was checked. */
// biome-ignore lint/suspicious/noExplicitAny: the tests look deep into objects of many kinds
type KubernetesObject = any;
let objects: readonly KubernetesObject[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mesh-kubernetes-"));
  await writeKubernetes(root, folder);
  processes = await processesOf(root);
  const files = (await readdir(join(folder, "base"))).filter((name) => name !== "kustomization.yaml");
  objects = (await Promise.all(files.map((name) => documentsIn(`base/${name}`)))).flat();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function documentsIn(file: string): Promise<KubernetesObject[]> {
  return parseAllDocuments(await readFile(join(folder, file), "utf8")).map((document) => document.toJS());
}

const find = (kind: string, name: string) => {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
};

test("only the processes that call another reach it, and only an ingress reaches the gateway", () => {
  const part = { isGateway: false, hasServices: true, meshNames: [], databases: [], hasFiles: false };
  const list: MeshProcess[] = [
    { ...part, name: "stock", calls: [] },
    { ...part, name: "sales", calls: ["stock"] },
    { ...part, name: "lonely", calls: [] },
    { ...part, name: "gateway", isGateway: true, hasServices: false, calls: ["stock", "sales"] },
  ];
  const policies = list.map((one) => policyOf(one, list).spec);
  const from = policies.map((spec) => {
    return spec?.ingress?.map(({ from: peers, ports: [port] = [] }) => [
      port?.port,
      peers?.map(
        ({ podSelector, namespaceSelector }) => Object.values((podSelector ?? namespaceSelector)?.matchLabels ?? {})[0],
      ),
    ]);
  });
  const prometheus = [9464, ["monitoring"]];
  expect(from).toEqual([
    [[8080, ["sales", "gateway"]], prometheus],
    [[8080, ["gateway"]], prometheus],
    [prometheus],
    [[8080, ["true"]], prometheus],
  ]);
  const to = policies.map((spec) =>
    spec?.egress?.map(({ to: peers, ports: reached }) => [peers?.length, reached?.map(({ port }) => port)]),
  );
  const [dns, backends] = [
    [1, [53, 53]],
    [undefined, [4222, 5432, 4318]],
  ];
  expect(to.slice(0, 2)).toEqual([
    [dns, backends],
    [dns, [1, [8080]], backends],
  ]);
  expect(find("NetworkPolicy", "mesh").spec).toEqual({
    podSelector: { matchLabels: { "app.kubernetes.io/part-of": "mesh" } },
    policyTypes: ["Ingress", "Egress"],
  });
});

test("no pod has rights, each has limits, probes, and a certificate with its names", () => {
  for (const process of processes) {
    const { name, meshNames, isGateway } = process;
    const { template, selector } = find("Deployment", name).spec;
    expect(template.metadata.labels).toEqual(selector.matchLabels);
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(template.spec.automountServiceAccountToken).toBe(false);
    const [container] = template.spec.containers;
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container.resources.limits).toEqual({ cpu: "1", memory: "512Mi" });
    expect(container.ports).toContainEqual({ name: "metrics", containerPort: 9464 });
    expect(container.env).toContainEqual({ name: "METRICS_PORT", value: "9464" });
    for (const [probe, path] of Object.entries({ startup: "/livez", liveness: "/livez", readiness: "/readyz" })) {
      expect(container[`${probe}Probe`].httpGet).toEqual({ path, port: "metrics" });
    }
    expect(container.image).toBe(name);
    for (const setting of secretSettingsOf(process)) {
      expect(container.env).toContainEqual({ name: `${setting}_FILE`, value: `/settings/${setting}` });
    }
    expect(container.volumeMounts).toContainEqual({ name: "settings", mountPath: "/settings", readOnly: true });
    const uris = meshNames.map((one) => `spiffe://mesh.local/${one}`);
    expect(find("Certificate", `${name}-tls`).spec).toMatchObject({
      secretName: `${name}-tls`,
      uris,
      dnsNames: meshNames,
    });
    const secrets = template.spec.volumes.slice(0, 2).map(({ secret }: KubernetesObject) => secret.secretName);
    expect(secrets).toEqual([`${name}-tls`, `${name}-settings`]);
    expect(find("Service", name).spec.clusterIP).toBe(isGateway ? undefined : "None");
    expect(find("HorizontalPodAutoscaler", name).spec).toMatchObject({ minReplicas: 2, scaleTargetRef: { name } });
    expect(find("PodDisruptionBudget", name).spec).toMatchObject({ maxUnavailable: 1, selector });
  }
});

test("the kustomization lists every file, and the overlay gives every image a version and remains", async () => {
  const [base] = await documentsIn("base/kustomization.yaml");
  expect(base.resources).toEqual(["mesh.yaml", ...processes.map(({ name }) => `${name}.yaml`)]);
  for (const [name, resource] of Object.entries({ production: "base", migrations: "migrations" })) {
    const [overlay] = await documentsIn(`overlays/${name}/kustomization.yaml`);
    expect(overlay).toMatchObject({ resources: [`../../${resource}`], components: ["../images"] });
  }
  const file = "overlays/images/kustomization.yaml";
  const [component] = await documentsIn(file);
  const versions = component.images.map(({ name, newTag }: KubernetesObject) => [name, newTag]);
  expect(versions).toEqual(processes.map(({ name }) => [name, "1.0.0"]));
  await writeFile(join(folder, file), "edited: true\n");
  await writeKubernetes(root, folder);
  expect(await readFile(join(folder, file), "utf8")).toBe("edited: true\n");
});

test("a job applies the migrations of each service with a database, and is no target of its Service", async () => {
  const jobs = (await documentsIn("migrations/jobs.yaml")).filter(Boolean);
  const migrated = processes.filter(({ databases, isGateway }) => databases.length > 0 && !isGateway);
  expect(jobs.map(({ metadata }) => metadata.name)).toEqual(migrated.map(({ name }) => `${name}-migration`));
  for (const { metadata, spec } of jobs) {
    const [container] = spec.template.spec.containers;
    expect(container).toMatchObject({ args: ["migrate"], image: metadata.name.replace("-migration", "") });
    expect(container).not.toHaveProperty("readinessProbe");
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(spec.template.metadata.labels["app.kubernetes.io/name"]).toBe(metadata.name);
    expect(spec.template.metadata.labels).toMatchObject(
      find("NetworkPolicy", "migrations").spec.podSelector.matchLabels,
    );
  }
});

test("the operator of Prometheus scrapes each pod as the job of its process, and has the rules", async () => {
  const [monitor, rules] = await documentsIn("monitoring/prometheus.yaml");
  const { jobLabel, selector, podMetricsEndpoints } = monitor.spec;
  expect(podMetricsEndpoints).toEqual([{ port: "metrics" }]);
  for (const { name } of processes) {
    const { metadata } = find("Deployment", name).spec.template;
    expect(metadata.labels).toMatchObject({ ...selector.matchLabels, [jobLabel]: name });
  }
  const alerts = rules.spec.groups.flatMap(({ rules: list }: KubernetesObject) =>
    list.map((one: KubernetesObject) => one.alert),
  );
  expect(alerts).toContain("ProcessDown");
});

test("an object that does not follow the schema is an error", () => {
  const wrong = { selector: {}, template: { spec: { containers: [{ name: "a", image: 3 }] } } } as unknown;
  // A wrong value, as the check is for.
  const deployment = new Deployment({ metadata: { name: "a" }, spec: wrong as never });
  expect(() => deployment.validate()).toThrow(/image/);
});
