import { Notice } from "../ui/notice.tsx";
import { type CallError, isPassing, sentenceOf } from "./failure.ts";

interface FailureNoticeProps {
  readonly error: CallError;
  readonly className?: string | undefined;
}

/** Shows an error. Temporary ones are retried automatically. */
export function FailureNotice({ error, className }: FailureNoticeProps) {
  return (
    <Notice tone={isPassing(error) ? "wait" : "alarm"} className={className}>
      {sentenceOf(error)}
    </Notice>
  );
}
