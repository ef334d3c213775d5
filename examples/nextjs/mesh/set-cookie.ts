/** A cookie as Next.js sets it. */
export interface NewCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: "lax";
  readonly maxAge?: number;
}

/** Reads a header Set-Cookie of the gateway, whose cookies are SameSite=Lax and have a Max-Age, 0 if they are removed. */
export function readSetCookie(text: string): NewCookie {
  const [pair = "", ...attributes] = text.split(/;\s*/);
  const [, name = "", value = ""] = /^([^=]*)=(.*)$/.exec(pair) ?? [];
  const has = (attribute: string) => attributes.some((one) => one.toLowerCase() === attribute);
  const maxAge = attributes.map((one) => /^max-age=(\d+)$/i.exec(one)?.[1]).find(Boolean);
  return {
    name,
    value: decodeURIComponent(value),
    path: "/",
    httpOnly: has("httponly"),
    secure: has("secure"),
    sameSite: "lax",
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
  };
}
