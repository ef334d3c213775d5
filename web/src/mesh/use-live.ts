import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useRef } from "react";
import { type CallError, isPassing } from "./failure.ts";
import { retryDelayMs } from "./retry.ts";

/** `connecting`: nothing has come yet; `reconnecting`: what the page shows may be old; `off`: nothing is wanted. */
export type Liveness = "connecting" | "live" | "reconnecting" | "off";

interface Live<TError> {
  readonly liveness: Liveness;
  readonly error: TError | null;
}

/**
 * Follows a subscription for as long as it is enabled. tRPC's link resumes a stream that breaks; one that could not be
 * opened, or that the server ended, is opened anew here.
 */
export function useLive<TOutput, TError extends CallError>(
  options: Parameters<typeof useSubscription<TOutput, TError>>[0],
): Live<TError> {
  const failures = useRef(0);
  const { status, error, reset } = useSubscription({
    ...options,
    onData: (data) => {
      failures.current = 0;
      options.onData?.(data);
    },
  });
  const enabled = options.enabled;
  const isEnded = enabled && (status === "idle" || (status === "error" && (!error || isPassing(error))));
  useEffect(() => {
    if (!isEnded) return;
    const timer = setTimeout(reset, retryDelayMs(failures.current++));
    return () => clearTimeout(timer);
  }, [isEnded, reset]);
  return { liveness: enabled ? livenessOf(status, error) : "off", error: error ?? null };
}

function livenessOf(status: string, error: unknown): Liveness {
  if (status === "pending") return "live";
  return status === "connecting" && !error ? "connecting" : "reconnecting";
}
