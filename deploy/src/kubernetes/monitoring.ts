import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import {
  type IPrometheusRule,
  PrometheusRule,
} from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { parse } from "yaml";
import type { Manifest } from "./workload.ts";

const labels = { "app.kubernetes.io/part-of": "mesh" };

/** Returns the objects by which the operator of Prometheus scrapes the mesh and evaluates its rules. */
export async function monitoringOf(root: string): Promise<Manifest[]> {
  const file = join(root, "deploy/observability/prometheus/rules.yaml");
  // `validate` checks it.
  const spec = parse(await readFile(file, "utf8")) as IPrometheusRule["spec"];
  const metadata = { name: "mesh", labels };
  return [
    new PodMonitor({
      metadata,
      spec: {
        // The rules take the name of the job for that of the process.
        jobLabel: "app.kubernetes.io/name",
        selector: { matchLabels: labels },
        podMetricsEndpoints: [{ port: "metrics" }],
      },
    }),
    new PrometheusRule({ metadata, spec }),
  ];
}
