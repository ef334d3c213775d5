import { headers } from "next/headers";
import { readSession } from "../mesh/customer.ts";
import { publicGatewayUrl } from "../mesh/url.ts";
import { signOut } from "./actions.ts";

/** Shows who has signed in. The gateway sends the browser back here, because its CORS_ORIGINS have this server. */
export async function Account() {
  const { canSignIn, signedIn, name } = await readSession();
  if (!canSignIn) return null;
  if (signedIn) {
    return (
      <form className="account" action={signOut}>
        {name}
        <button type="submit">Sign out</button>
      </form>
    );
  }
  const all = await headers();
  const home = `${all.get("x-forwarded-proto") ?? "http"}://${all.get("host")}/`;
  return (
    <a className="button" href={`${publicGatewayUrl}/auth/login?${new URLSearchParams({ return_to: home })}`}>
      Sign in
    </a>
  );
}
