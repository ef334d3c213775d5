import { Notice } from "../ui/notice.tsx";
import { type CallError, isPassing, sentenceOf } from "./failure.ts";

interface FailureNoticeProps {
  readonly error: CallError;
  readonly className?: string | undefined;
}

/** Says what failed; it is being tried again wherever that may help. */
export function FailureNotice({ error, className }: FailureNoticeProps) {
  return (
    <Notice tone={isPassing(error) ? "wait" : "alarm"} className={className}>
      {sentenceOf(error)}
    </Notice>
  );
}
