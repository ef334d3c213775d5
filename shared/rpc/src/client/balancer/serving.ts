import { setTimeout as pause } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";
import { HealthCheckResponse_ServingStatus as Status } from "@mesh/contracts/protocols/grpc/health/v1/index";
import { repeat } from "@mesh/runtime";
import type { HealthClient } from "../readiness.ts";

/** The pauses before a server is asked again, in milliseconds. */
const backoff = { baseMs: 1_000, maxMs: 30_000 };

/**
 * Follows what the health service of a server says, until the returned function is called. A server without one can always
 * be called.
 */
export function watchServing(health: HealthClient, onChange: (isServing: boolean) => void): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  let known: boolean | undefined;

  const report = (isServing: boolean) => {
    if (signal.aborted || isServing === known) return;
    known = isServing;
    onChange(isServing);
  };

  async function watch(succeed: () => void): Promise<void> {
    for await (const { status } of health.watch({}, { signal })) {
      succeed();
      report(status !== Status.NOT_SERVING);
    }
  }

  void repeat(watch, {
    signal,
    intervalMs: backoff.baseMs,
    backoff,
    onFailure(error) {
      // A server that is closing has said so before it ends the stream.
      if (known === undefined) report(true);
      if (error instanceof MeshError && error.code === "UNIMPLEMENTED") stopped.abort();
    },
  });
  return () => stopped.abort();
}

/** Returns whether a server responds to a health check in time, in whatever way. */
export async function isAnswering(health: HealthClient, timeoutMs: number): Promise<boolean> {
  const silence = ["DEADLINE_EXCEEDED", "UNAVAILABLE"];
  const answers = await health.check({}, { timeoutMs }).then(
    () => true,
    (error: unknown) => error instanceof MeshError && !silence.includes(error.code),
  );
  // If this process was busy, responses may wait to be read.
  await pause(0);
  return answers;
}
