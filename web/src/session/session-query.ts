import { scopesOf } from "@mesh/contracts/roles";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { queryClient } from "../mesh/client.ts";
import { fetchSession, type Session, unknownSession, withEnd } from "./session.ts";

const queryKey = ["session"] as const;

/** The query of the session. It is loaded again when the window gets the focus. */
export const sessionQuery = queryOptions({
  queryKey,
  queryFn: async ({ signal }) => withEnd(queryClient.getQueryData<Session>(queryKey), await fetchSession(signal)),
  staleTime: 15_000,
});

/** Returns who uses this browser. */
export function useSession(): Session {
  return useQuery(sessionQuery).data ?? unknownSession;
}

/** Returns true if the roles of the person who has signed in have a scope. It decides what to show: the gateway checks each call. */
export function useMay(scope: string): boolean {
  return scopesOf(useSession().roles ?? []).has(scope);
}

/** Hides the notice that the session is over: the customer goes on without signing in. */
export function dismissEnd(): void {
  queryClient.setQueryData(queryKey, (session) => session && { ...session, ended: false });
}
