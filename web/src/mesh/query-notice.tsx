import { type CallError, isPassing } from "@mesh/contracts/client";
import type { UseQueryResult } from "@tanstack/react-query";
import { SignInLink } from "../session/account.tsx";
import { useSession } from "../session/session-query.ts";
import { button } from "../ui/button.ts";
import { Notice } from "../ui/notice.tsx";
import { FailureNotice } from "./failure-notice.tsx";
import { FailureText } from "./failure-text.tsx";

type Query = Pick<UseQueryResult<unknown, CallError>, "failureReason" | "isError" | "error" | "refetch">;

interface QueryNoticeProps {
  readonly query: Query;
  readonly className?: string;
}

/** Shows why a query has no result, with a button to try again unless it is retried automatically, or to sign in. */
export function QueryNotice({ query, className }: QueryNoticeProps) {
  const error = query.error ?? query.failureReason;
  const { canSignIn, signedIn } = useSession();
  if (!error) return null;
  if (!query.isError && isPassing(error)) return <FailureNotice error={error} className={className} />;
  if (canSignIn && !signedIn && (error.data?.httpStatus === 401 || error.data?.httpStatus === 403)) {
    return (
      <Notice tone="plain" className={className} action={<SignInLink className={button("solid", "small")} />}>
        Sign in to see this.
      </Notice>
    );
  }
  const retry = (
    <button type="button" onClick={() => void query.refetch()} className={button("line", "small")}>
      Try again
    </button>
  );
  return (
    <Notice tone="alarm" className={className} action={retry}>
      <FailureText error={error} />
    </Notice>
  );
}
