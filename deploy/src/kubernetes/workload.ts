import type { Model } from "@kubernetes-models/base";
import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import type { IMetricSpec } from "kubernetes-models/autoscaling/v2/MetricSpec";
import { Job } from "kubernetes-models/batch/v1/Job";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { MeshProcess } from "../processes.ts";
import { policyOf } from "./network-policy.ts";
import { calledPortsOf, labelsOf, migrationLabels, migrationPodOf, podOf, tlsSecret } from "./pod.ts";

/** An object of Kubernetes. `validate` throws if it does not follow the schema. */
export type Manifest = Model<unknown>;

/** The authority that signs the certificates of the mesh. */
export const issuer = "mesh-ca";

const replicas = { min: 2, max: 10 };

/** Of what a pod requests. */
const cpu: IMetricSpec = {
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 200 } },
};

/** A process takes from 20 to 512 calls at a time. An adapter for Prometheus has to offer this metric. */
const callsInFlight: IMetricSpec = {
  type: "Pods",
  pods: { metric: { name: "typemesh_rpc_server_calls" }, target: { type: "AverageValue", averageValue: "50" } },
};

/** Returns the objects of a process. @param processes all processes of the mesh */
export function workloadOf(process: MeshProcess, processes: readonly MeshProcess[]): Manifest[] {
  const { name, isGateway, hasServices, meshNames, hasFiles } = process;
  const labels = labelsOf(name);
  const metadata = { name, labels };
  const selector = { matchLabels: labels };
  return [
    new ServiceAccount({ metadata, automountServiceAccountToken: false }),
    new Certificate({
      metadata: { name: tlsSecret(name), labels },
      spec: {
        secretName: tlsSecret(name),
        duration: "24h",
        usages: ["digital signature", "server auth", "client auth"],
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        uris: meshNames.map((one) => `spiffe://mesh.local/${one}`),
        // For clients of languages whose gRPC compares only the names of hosts.
        dnsNames: [...meshNames],
        issuerRef: { name: issuer, kind: "Issuer" },
      },
    }),
    new Deployment({
      metadata,
      spec: {
        // Without `replicas`, which the autoscaler sets.
        selector,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: { labels }, spec: podOf(process) },
      },
    }),
    // A service has no address of its own: callers connect to each pod.
    new Service({
      metadata,
      spec: {
        selector: labels,
        ...(!isGateway && { clusterIP: "None" }),
        ports: calledPortsOf(process).map((one) => ({ ...one, targetPort: one.name })),
      },
    }),
    new PodDisruptionBudget({ metadata, spec: { selector, maxUnavailable: 1 } }),
    new HorizontalPodAutoscaler({
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: replicas.min,
        maxReplicas: replicas.max,
        metrics: hasServices ? [cpu, callsInFlight] : [cpu],
        // A new replica takes calls after some seconds; without a pause, a short peak would add many.
        behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
      },
    }),
    policyOf(process, processes),
    ...(hasFiles ? [filesOf(name)] : []),
  ];
}

/**
 * Returns the job that applies the migrations of services before a rollout; undefined: they have no database. The gateway migrates
 * when it starts, as it works without its database for a while.
 */
export function migrationOf(process: MeshProcess): Manifest | undefined {
  const { name, databases, hasServices } = process;
  if (databases.length === 0 || !hasServices) return undefined;
  // A name of its own, so that its pods are none of the Service and the Deployment.
  const labels = { ...labelsOf(`${name}-migration`), ...migrationLabels };
  return new Job({
    metadata: { name: `${name}-migration`, labels, annotations: { "argocd.argoproj.io/hook": "PreSync" } },
    spec: {
      backoffLimit: 2,
      activeDeadlineSeconds: 900,
      ttlSecondsAfterFinished: 3_600,
      template: { metadata: { labels }, spec: migrationPodOf(process) },
    },
  });
}

/** All replicas share the files, so that the storage class must support it. */
function filesOf(name: string): Manifest {
  return new PersistentVolumeClaim({
    metadata: { name: `${name}-files`, labels: labelsOf(name) },
    spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "10Gi" } } },
  });
}
