import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { Resource } from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import { sampleTraces } from "../sampling.ts";
import type { TraceSettings } from "../telemetry-settings.ts";

/** Registers an SDK that sends traces in batches. Returns a function that sends what is left. */
export function exportTraces({ url, share }: TraceSettings, resource: Resource): () => Promise<void> {
  sampleTraces(share);
  const provider = new NodeTracerProvider({
    resource,
    // `sampleTraces` has drawn the traces that begin here. Without this, the SDK would draw by the environment once more.
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  provider.register();
  return () => provider.shutdown();
}
