import "server-only";
import { type Client, createClient } from "@acme/shop-client";
import { cookies } from "next/headers";
import { readSetCookie } from "./set-cookie.ts";
import { gatewayUrl } from "./url.ts";

/** Returns a client that reads for the customer of the request. A component can set no cookies: `proxy.ts` has done it. */
export async function readAsCustomer(): Promise<Client> {
  const jar = await cookies();
  return clientWith(jar.toString(), () => {});
}

/** Returns a client for an action, which passes the cookies of the gateway on to the browser, such as that of a new customer. */
export async function actAsCustomer(): Promise<Client> {
  const jar = await cookies();
  return clientWith(jar.toString(), ({ headers }) => {
    for (const text of headers.getSetCookie()) jar.set(readSetCookie(text));
  });
}

/** Who has signed in, as `GET /auth/session` of the gateway says. */
export interface Session {
  readonly canSignIn: boolean;
  readonly signedIn: boolean;
  readonly name?: string;
}

/** Returns who has signed in. */
export async function readSession(): Promise<Session> {
  const cookie = (await cookies()).toString();
  const response = await fetch(`${gatewayUrl}/auth/session`, {
    headers: { cookie },
    signal: AbortSignal.timeout(5_000),
  });
  return response.json();
}

function clientWith(cookie: string, onResponse: (response: Response) => void): Client {
  const send: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie) headers.set("cookie", cookie);
    const response = await fetch(input, { ...init, headers });
    onResponse(response);
    return response;
  };
  return createClient({ url: `${gatewayUrl}/trpc`, fetch: send });
}
