import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicyEgressRule } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule";
import type { INetworkPolicyPort } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort";
import { type MeshProcess, servicesPortOf } from "../processes.ts";
import { labelsOf, migrationLabels, ports } from "./pod.ts";

const tcp = (port: number): INetworkPolicyPort => ({ protocol: "TCP", port });
const podsOf = (name: string) => ({ podSelector: { matchLabels: labelsOf(name) } });
const namespace = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });

const dns: INetworkPolicyEgressRule = {
  to: [namespace("kube-system")],
  ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
};

/** The ports of NATS, PostgreSQL, a collector, and an issuer. Where these are, the sources do not say. */
const backends = [4222, 5432, 4318];
const issuerPort = 443;

/** Returns the policy of the jobs for migrations: they reach PostgreSQL. */
export function migrationPolicy(): NetworkPolicy {
  return new NetworkPolicy({
    metadata: { name: "migrations", labels: migrationLabels },
    spec: {
      podSelector: { matchLabels: migrationLabels },
      policyTypes: ["Ingress", "Egress"],
      egress: [dns, { ports: [tcp(5432)] }],
    },
  });
}

/**
 * Returns the policy of a process: only processes that call it reach it, and Prometheus its metrics. It reaches only what it calls.
 * Ingress controllers, in any namespace with the label `mesh.dev/ingress`, reach the gateway.
 */
export function policyOf({ name, isGateway, calls }: MeshProcess, processes: readonly MeshProcess[]): NetworkPolicy {
  const callers = processes.filter((other) => other.calls.includes(name)).map((other) => podsOf(other.name));
  const ingress = { namespaceSelector: { matchLabels: { "mesh.dev/ingress": "true" } } };
  const called = processes.filter((other) => calls.includes(other.name));
  const calledPorts = [...new Set(called.map(servicesPortOf))];
  const outside = isGateway ? [...backends, issuerPort] : backends;
  return new NetworkPolicy({
    metadata: { name, labels: labelsOf(name) },
    spec: {
      podSelector: { matchLabels: labelsOf(name) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        ...(isGateway ? [{ from: [ingress], ports: [tcp(ports.main)] }] : []),
        // An empty list would be everyone.
        ...(callers.length > 0 ? [{ from: callers, ports: [tcp(servicesPortOf({ isGateway }))] }] : []),
        { from: [namespace("monitoring")], ports: [tcp(ports.metrics)] },
      ],
      egress: [
        dns,
        ...calledPorts.map((port) => ({
          to: called.filter((one) => servicesPortOf(one) === port).map(({ name: other }) => podsOf(other)),
          ports: [tcp(port)],
        })),
        { ports: outside.map(tcp) },
      ],
    },
  });
}
