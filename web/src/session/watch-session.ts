import type { CallError } from "@mesh/contracts/client";
import type { QueryClient } from "@tanstack/react-query";
import { renewal } from "../mesh/renewal.ts";
import { identityOf } from "./session.ts";
import { sessionQuery } from "./session-query.ts";

/** The tabs and the sign-in window of this browser notify each other. */
const channelName = "mesh.session";

/** Notifies the tabs of a sign-in. */
export function announceSession(): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage("changed");
  channel.close();
}

/**
 * Loads the session again when a call says that it is over or another tab says that it changed, and all queries when another
 * person uses the browser: what the page shows stays until the new results are there.
 */
export function watchSession(queryClient: QueryClient): void {
  const reload = () => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  new BroadcastChannel(channelName).addEventListener("message", () => {
    reload();
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
  });
  renewal.wait = untilRenewed(queryClient);
  let identity: string | undefined;
  queryClient.getQueryCache().subscribe(({ query, type }) => {
    if (type !== "updated") return;
    if (query.queryKey[0] !== sessionQuery.queryKey[0]) {
      if (query.state.status === "error" && isSessionOver(query.state.error as CallError)) reload();
      return;
    }
    const session = queryClient.getQueryData(sessionQuery.queryKey);
    // While the session is over the page shows what it did, until the next sign-in, or until the customer goes on without one.
    if (!session || session.ended) return;
    const before = identity;
    identity = identityOf(session);
    if (before === undefined || before === identity) return;
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
  });
  queryClient.getMutationCache().subscribe(({ mutation }) => {
    if (mutation?.state.status === "error" && isSessionOver(mutation.state.error as CallError)) reload();
  });
}

/** Makes the function that loads the session again, and waits while it is over and the customer has not dismissed that. */
function untilRenewed(queryClient: QueryClient): () => Promise<void> {
  let waiting: Promise<void> | undefined;
  async function wait(): Promise<void> {
    await queryClient.refetchQueries({ queryKey: sessionQuery.queryKey });
    await new Promise<void>((resolve) => {
      const check = () => {
        if (queryClient.getQueryData(sessionQuery.queryKey)?.ended) return;
        unsubscribe();
        resolve();
      };
      const unsubscribe = queryClient.getQueryCache().subscribe(check);
      check();
    });
    waiting = undefined;
  }
  return () => {
    waiting ??= wait();
    return waiting;
  };
}

/** A first mutation without a cookie is rejected with this status, too, to be repeated immediately. */
export function isSessionOver({ data }: CallError): boolean {
  return data?.httpStatus === 401 && data.retryAfterMs !== 0;
}
