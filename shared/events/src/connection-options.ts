import { backoffMs } from "@mesh/runtime";
import { type ConnectionOptions, credsAuthenticator, nkeyAuthenticator } from "nats";

/** The longest that NATS may take to respond to a request, in milliseconds. */
export const requestTimeoutMs = 2_000;

/** The longest that a server may take to accept a connection, in milliseconds. */
export const connectTimeoutMs = 5_000;

/**
 * Returns the options of a connection that never gives up. By default the client does after about 20 s.
 *
 * @param creds the text of a credentials file, or the seed of an nkey; instead of the login in the URL
 */
export function connectionOptions(url: string, creds?: string): ConnectionOptions {
  const servers = url.split(",").map((server) => new URL(server.trim()));
  let attempts = 0;
  let lastAt = 0;
  return {
    servers: servers.map(({ host }) => host),
    ...(creds ? { authenticator: authenticatorOf(creds) } : accountOf(servers[0])),
    ...(servers.some(({ protocol }) => protocol === "tls:") ? { tls: {} } : {}),
    timeout: connectTimeoutMs,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler() {
      // The client does not report when an outage begins.
      attempts = Date.now() - lastAt > 30_000 ? 0 : attempts + 1;
      lastAt = Date.now();
      return backoffMs(attempts, { maxMs: 2_000 });
    },
    pingInterval: 10_000,
    maxPingOut: 2,
  };
}

/** A credentials file has a JWT and a seed, with lines around them. */
function authenticatorOf(creds: string) {
  const encode = (text: string) => new TextEncoder().encode(text);
  // The client finds no seed in a file without a line break at its end.
  if (creds.includes("-----BEGIN")) return credsAuthenticator(encode(`${creds.trim()}\n`));
  return nkeyAuthenticator(encode(creds.trim()));
}

function accountOf(server: URL | undefined): ConnectionOptions {
  if (!server?.username) return {};
  const user = decodeURIComponent(server.username);
  // `nats://token@host` is a token, as in the other clients of NATS.
  if (!server.password) return { token: user };
  // NATS can grant a user the inboxes of this prefix only, so that no other user reads what is sent to it.
  const inboxPrefix = `_INBOX.${user.replaceAll(/[^A-Za-z0-9_-]/g, "_")}`;
  return { user, pass: decodeURIComponent(server.password), inboxPrefix };
}
