import "server-only";
import { type Client, createClient } from "@acme/shop-client";
import { cookies, headers } from "next/headers";
import { readSetCookie } from "./set-cookie.ts";
import { gatewayUrl } from "./url.ts";

/** Returns a client that reads for the customer of the request. A component can set no cookies: `proxy.ts` has done it. */
export async function readAsCustomer(): Promise<Client> {
  return clientWith(await requestHeaders(), () => {});
}

/** Returns a client for an action, which passes the cookies of the gateway on to the browser, such as that of a new customer. */
export async function actAsCustomer(): Promise<Client> {
  const jar = await cookies();
  return clientWith(await requestHeaders(), (response) => {
    for (const text of response.headers.getSetCookie()) jar.set(readSetCookie(text));
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
  const response = await fetch(`${gatewayUrl}/auth/session`, {
    headers: await requestHeaders(),
    signal: AbortSignal.timeout(5_000),
  });
  return response.json();
}

/** Returns what the gateway has to know of the browser: its cookies, and its address, which has limits of its own. */
async function requestHeaders(): Promise<Record<string, string>> {
  const addresses = (await headers()).get("x-forwarded-for");
  return { cookie: (await cookies()).toString(), ...(addresses && { "x-forwarded-for": addresses }) };
}

function clientWith(more: Record<string, string>, onResponse: (response: Response) => void): Client {
  const send: typeof fetch = async (input, init) => {
    const own = new Headers(init?.headers);
    for (const [name, value] of Object.entries(more)) own.set(name, value);
    const response = await fetch(input, { ...init, headers: own });
    onResponse(response);
    return response;
  };
  return createClient({ url: `${gatewayUrl}/trpc`, fetch: send });
}
