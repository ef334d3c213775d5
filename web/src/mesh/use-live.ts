import { type CallError, isPassing, retryDelayMs } from "@mesh/contracts/client";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useRef, useState } from "react";

/** `connecting`: nothing has come yet; `reconnecting`: what the page shows may be old; `off`: nothing is wanted. */
export type Liveness = "connecting" | "live" | "reconnecting" | "off";

/** The state of a subscription. */
export interface Live<TError> {
  readonly liveness: Liveness;
  /** The reason why it is not live, if known. */
  readonly error: TError | null;
}

/**
 * Follows a subscription for as long as it is enabled. The client's links resume a stream that breaks or could not be
 * opened; one that the server completed is opened anew here. It counts as live once something came: a gateway opens a
 * stream before it knows whether the service behind it is there.
 */
export function useLive<TOutput, TError extends CallError>(
  options: Parameters<typeof useSubscription<TOutput, TError>>[0],
): Live<TError> {
  const [live, setLive] = useState<Live<TError>>({ liveness: "connecting", error: null });
  const failures = useRef(0);
  const { status, error, reset } = useSubscription<TOutput, TError>({
    ...options,
    onData: (data) => {
      failures.current = 0;
      setLive({ liveness: "live", error: null });
      options.onData?.(data);
    },
    onConnectionStateChange: ({ error }) => error && setLive((before) => lost(before, error)),
    onError: (error) => setLive((before) => lost(before, error)),
  });
  const isEnded = options.enabled && (status === "idle" || (status === "error" && (!error || isPassing(error))));
  useEffect(() => {
    if (!isEnded) return;
    const timer = setTimeout(reset, retryDelayMs(failures.current++));
    return () => clearTimeout(timer);
  }, [isEnded, reset]);
  return options.enabled ? live : { liveness: "off", error: null };
}

/** An EventSource that lost its connection knows only that; what the gateway said before it closed says more. */
function lost<TError extends CallError>(before: Live<TError>, error: TError): Live<TError> {
  return { liveness: "reconnecting", error: error.data ? error : (before.error ?? error) };
}
