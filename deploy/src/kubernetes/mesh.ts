import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { Issuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { migrationPolicy } from "./network-policy.ts";
import { issuer, type Manifest } from "./workload.ts";

const labels = { "app.kubernetes.io/part-of": "mesh" };
const root = "mesh-root";

/** Returns the objects that all processes share. @param host the public name of the gateway @param gateway its process */
export function sharedObjects(host: string, gateway: string): Manifest[] {
  return [
    new ConfigMap({
      metadata: { name: "mesh-settings", labels },
      data: {
        PUBLIC_ORIGINS: `https://${host}`,
        // The ingress controller.
        PROXIES: "1",
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.monitoring:4318",
      },
    }),
    new Issuer({ metadata: { name: root, labels }, spec: { selfSigned: {} } }),
    new Certificate({
      metadata: { name: issuer, labels },
      spec: {
        isCA: true,
        commonName: issuer,
        secretName: issuer,
        duration: "8760h",
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
        issuerRef: { name: root, kind: "Issuer" },
      },
    }),
    new Issuer({ metadata: { name: issuer, labels }, spec: { ca: { secretName: issuer } } }),
    // What no other policy allows is denied.
    new NetworkPolicy({
      metadata: { name: "mesh", labels },
      spec: { podSelector: { matchLabels: labels }, policyTypes: ["Ingress", "Egress"] },
    }),
    migrationPolicy(),
    new Ingress({
      metadata: { name: "gateway", labels },
      spec: {
        tls: [{ hosts: [host], secretName: "gateway-public-tls" }],
        rules: [
          {
            host,
            http: {
              paths: [
                { path: "/", pathType: "Prefix", backend: { service: { name: gateway, port: { name: "http" } } } },
              ],
            },
          },
        ],
      },
    }),
  ];
}
