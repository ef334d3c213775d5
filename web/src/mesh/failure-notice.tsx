import { type CallError, isPassing } from "@mesh/contracts/client";
import { Notice } from "../ui/notice.tsx";
import { FailureText } from "./failure-text.tsx";

interface FailureNoticeProps {
  readonly error: CallError;
  readonly className?: string | undefined;
}

/** Shows an error. Temporary ones are retried automatically. */
export function FailureNotice({ error, className }: FailureNoticeProps) {
  return (
    <Notice tone={isPassing(error) ? "wait" : "alarm"} className={className}>
      <FailureText error={error} />
    </Notice>
  );
}
