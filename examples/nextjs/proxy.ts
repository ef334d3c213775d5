import { type NextRequest, NextResponse } from "next/server";
import { gatewayUrl } from "./mesh/url.ts";

/** The cookie of a session. By https it has the prefix. */
const sessionCookie = /^(__Host-)?mesh_session$/;

/**
 * Passes changes of the session's cookie on to the browser, which components can't do: the gateway replaces the cookie every 15
 * minutes, and removes that of a session that is over. The components of this request still get the old one. It is valid until the
 * browser has used the new one, which it might never receive.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const response = NextResponse.next();
  if (!request.cookies.getAll().some(({ name }) => sessionCookie.test(name))) return response;
  const headers = { cookie: request.headers.get("cookie") ?? "" };
  const signal = AbortSignal.timeout(5_000);
  const answer = await fetch(`${gatewayUrl}/auth/session`, { headers, signal }).catch(() => undefined);
  // Next.js would give cookies that are set by `response.cookies` to the components, too.
  for (const text of answer?.headers.getSetCookie() ?? []) response.headers.append("set-cookie", text);
  return response;
}

export const config = { matcher: "/((?!_next/).*)" };
