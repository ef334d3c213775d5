import { versions } from "node:process";
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

/**
 * The first release of Node whose `AsyncLocalStorage` is part of V8. Before it, the first span that is recorded has Node follow all
 * promises of the process: 10 % of the CPU time of a gateway.
 */
const cheapContextNode = 24;

/** Registers an SDK that sends traces in batches. Returns a function that sends what is left. */
export function exportTraces({ url, share }: TraceSettings, resource: Resource): () => Promise<void> {
  sampleTraces(share);
  const provider = new NodeTracerProvider({
    resource,
    // `sampleTraces` has drawn the traces that begin here. Without this, the SDK would draw by the environment once more.
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  const isCheap = share === 1 || Number.parseInt(versions.node, 10) >= cheapContextNode;
  // Without a context manager, spans nest by the scopes of the mesh alone.
  provider.register(isCheap ? {} : { contextManager: null });
  return () => provider.shutdown();
}
