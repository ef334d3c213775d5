import { useIsFetching } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Notice } from "../ui/notice.tsx";

/** How long a page waits for a response until it says so, in milliseconds. */
const lateAfterMs = 4_000;

/** Shown while a query has neither a response nor an error for long, as if the gateway were lost. */
export function LateNotice() {
  const isWaiting = useIsFetching({ predicate: ({ state }) => state.fetchFailureCount === 0 }) > 0;
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setLate(true), lateAfterMs);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [isWaiting]);
  if (!isLate) return null;
  return (
    <div className="gutter mx-auto max-w-6xl pt-6">
      <Notice tone="wait">No response yet. Reconnecting…</Notice>
    </div>
  );
}
