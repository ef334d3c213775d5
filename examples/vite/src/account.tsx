import { useEffect, useState } from "react";
import { gatewayUrl } from "./client.ts";

interface Session {
  readonly canSignIn: boolean;
  readonly signedIn: boolean;
  readonly name?: string;
}

/** Shows who has signed in. Without a sign-in the gateway knows the browser by a cookie, as an anonymous customer. */
export function Account() {
  const [session, setSession] = useState<Session>();

  useEffect(() => {
    fetch(`${gatewayUrl}/auth/session`, { credentials: "include" })
      .then((response) => response.json())
      .then(setSession)
      .catch(() => {});
  }, []);

  async function signOut(): Promise<void> {
    await fetch(`${gatewayUrl}/auth/logout`, { method: "POST", credentials: "include", redirect: "manual" });
    location.reload();
  }

  if (!session?.canSignIn) return null;
  // The gateway sends the browser back here, because its CORS_ORIGINS have this page.
  const signIn = `${gatewayUrl}/auth/login?${new URLSearchParams({ return_to: location.href })}`;
  return session.signedIn ? (
    <p>
      {session.name}{" "}
      <button type="button" onClick={signOut}>
        Sign out
      </button>
    </p>
  ) : (
    <a className="button" href={signIn}>
      Sign in
    </a>
  );
}
