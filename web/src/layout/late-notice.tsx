import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { watchLateQueries } from "../mesh/late-queries.ts";
import { Notice } from "../ui/notice.tsx";

/** Shown while a query has neither a response nor an error for long, as if the gateway were lost. */
export function LateNotice() {
  const cache = useQueryClient().getQueryCache();
  const [isLate, setLate] = useState(false);
  useEffect(() => watchLateQueries(cache, setLate), [cache]);
  if (!isLate) return null;
  return (
    <div className="gutter mx-auto max-w-6xl pt-6">
      <Notice tone="wait">No response yet. Reconnecting…</Notice>
    </div>
  );
}
