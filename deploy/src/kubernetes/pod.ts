import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IProbe } from "kubernetes-models/v1/Probe";
import { type MeshProcess, secretFilesOf, secretsFolder, servicesPortOf } from "../processes.ts";

/** The ports of every process. The first one is that of the image. */
export const ports = { main: 8080, metrics: 9464 } as const;

/** Returns the ports that others call, by name. */
export function calledPortsOf(process: MeshProcess): { name: "http" | "grpc"; port: number }[] {
  return [
    ...(process.isGateway ? [{ name: "http" as const, port: ports.main }] : []),
    ...(process.hasServices || !process.isGateway ? [{ name: "grpc" as const, port: servicesPortOf(process) }] : []),
  ];
}

/** Returns the labels by which objects select the pods of a process. */
export function labelsOf(name: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "mesh" };
}

/** More labels of the pods that apply migrations. */
export const migrationLabels = { "app.kubernetes.io/component": "migration" } as const;

/** The name of the secret with a key for each secret setting. */
export const settingsSecret = (name: string) => `${name}-settings`;

/** The name of the secret that cert-manager writes. */
export const tlsSecret = (name: string) => `${name}-tls`;

/** Returns the pod that applies the migrations of a service, and ends. */
export function migrationPodOf(process: MeshProcess): IPodSpec {
  const pod = podOf(process);
  const containers = pod.containers.map(({ startupProbe, livenessProbe, readinessProbe, ports: _, ...container }) => ({
    ...container,
    args: ["migrate"],
  }));
  return { ...pod, restartPolicy: "Never", topologySpreadConstraints: [], containers };
}

/** Returns the pod of a process: without rights, on a file system that cannot be written. */
export function podOf(process: MeshProcess): IPodSpec {
  const { name, hasFiles } = process;
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // A process ends within 25 s of SIGTERM.
    terminationGracePeriodSeconds: 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: labelsOf(name) },
    })),
    containers: [containerOf(process)],
    volumes: [
      { name: "tls", secret: { secretName: tlsSecret(name), defaultMode: 0o440 } },
      { name: "settings", secret: { secretName: settingsSecret(name), defaultMode: 0o440 } },
      ...(hasFiles ? [{ name: "files", persistentVolumeClaim: { claimName: `${name}-files` } }] : []),
    ],
  };
}

function containerOf(process: MeshProcess): IContainer {
  const { name, isGateway, hasServices, hasFiles } = process;
  return {
    name,
    // Kustomize sets the registry and the version.
    image: name,
    ports: [
      ...calledPortsOf(process).map(({ name, port }) => ({ name, containerPort: port })),
      { name: "metrics", containerPort: ports.metrics },
    ],
    env: [
      // The registry of the mesh has the address of the pod.
      { name: "MESH_ADVERTISE", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "MESH_TLS_DIR", value: "/tls" },
      { name: "METRICS_PORT", value: String(ports.metrics) },
      ...(isGateway ? [{ name: "WEB_DIR", value: "/app/web" }] : []),
      ...(isGateway && hasServices ? [{ name: "GRPC_PORT", value: String(servicesPortOf(process)) }] : []),
      ...(hasFiles ? [{ name: "FILES_DIR", value: "/files" }] : []),
      ...Object.entries(secretFilesOf(process)).map(([variable, value]) => ({ name: variable, value })),
    ],
    envFrom: [{ configMapRef: { name: "mesh-settings" } }],
    resources: { requests: { cpu: "250m", memory: "192Mi" }, limits: { cpu: "1", memory: "512Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    ...probes,
    volumeMounts: [
      { name: "tls", mountPath: "/tls", readOnly: true },
      { name: "settings", mountPath: secretsFolder, readOnly: true },
      ...(hasFiles ? [{ name: "files", mountPath: "/files" }] : []),
    ],
  };
}

/**
 * Probes use the port of the metrics: that of a service requires a certificate of the mesh, which the kubelet does not have. It
 * responds as soon as the process runs, also during a migration that takes minutes.
 */
const probes: Pick<IContainer, "startupProbe" | "livenessProbe" | "readinessProbe"> = {
  startupProbe: { ...probe("/livez"), periodSeconds: 2, failureThreshold: 30 },
  livenessProbe: { ...probe("/livez"), periodSeconds: 10, failureThreshold: 6 },
  readinessProbe: { ...probe("/readyz"), periodSeconds: 5, failureThreshold: 2 },
};

function probe(path: string): IProbe {
  return { httpGet: { path, port: "metrics" } };
}
