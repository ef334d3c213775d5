import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { expect, onTestFinished, test } from "vitest";
import { Metering, newTrace, Tracing } from "../index.ts";

/** Inside of the package, so that the snippet finds what it imports. */
const parent = join(import.meta.dirname, "../../dist");

test("the snippet of docs/telemetry.md registers an SDK that the packages use", async () => {
  const page = await readFile(join(import.meta.dirname, "../../../../docs/telemetry.md"), "utf8");
  const snippets = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);
  expect(snippets).toHaveLength(1);
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "snippets-"));
  onTestFinished(async () => {
    for (const api of [trace, context, propagation, metrics]) api.disable();
    await rm(folder, { recursive: true, force: true });
  });
  const tracing = new Tracing("@mesh/runtime");
  const metering = new Metering("@mesh/runtime", (meter) => ({ count: meter.createCounter("count") }));
  expect([tracing.tracer, metering.instruments, newTrace().sampled]).toEqual([undefined, undefined, true]);
  const file = join(folder, "telemetry.ts");
  await writeFile(file, snippets.join("\n"));
  await import(file);
  expect(tracing.tracer).toBeDefined();
  expect(metering.instruments).toBeDefined();
  // The sampler decides now.
  expect(newTrace().sampled).toBe(false);
});
