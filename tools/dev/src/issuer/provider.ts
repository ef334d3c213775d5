import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import type { SigningKey } from "./keys.ts";
import { memoryAdapter } from "./memory-adapter.ts";
import { errorPage, signInPage, signOutPage } from "./page.ts";
import { devUsers } from "./users.ts";

/** A program that is known to the issuer. */
export interface IssuerClient {
  readonly id: string;
  readonly secret: string;
  /** Where it may send browsers after a sign-in. Empty: a machine, which gets tokens for itself. */
  readonly redirectUris: readonly string[];
  /** Where it may send browsers after a sign-out. */
  readonly signedOutUris: readonly string[];
  /** Where it is notified when a person signs out at the issuer. Undefined: it is not. */
  readonly logoutUri?: string;
  /** The roles of a machine. */
  readonly roles?: readonly string[];
}

/** Settings of the issuer. */
export interface ProviderOptions {
  readonly url: string;
  readonly key: SigningKey;
  readonly secret: string;
  readonly clients: readonly IssuerClient[];
  /** The audience of access tokens. */
  readonly audience: string;
  /** How long an access token is valid, in seconds. */
  readonly tokenLifeS: number;
}

/** Handles the requests of the issuer. */
export type IssuerHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Makes an OpenID Connect issuer in which a click signs in one of the people of users.ts. */
export async function createProvider(options: ProviderOptions): Promise<IssuerHandler> {
  const { default: Provider } = await importProvider();
  const provider = new Provider(options.url, configurationOf(options));
  const handle = provider.callback();
  return async (request, response) => {
    const [, uid] = /^\/interaction\/([\w-]+)$/.exec(request.url ?? "") ?? [];
    if (uid === undefined) return handle(request, response);
    try {
      if (request.method === "POST") await signIn(provider, request, response);
      else await showPage(provider, request, response);
    } catch (error) {
      const { error: code = "error", error_description: text = String(error) } = error as Record<string, string>;
      reply(response, 400, errorPage(code, text));
    }
  };
}

/**
 * Loads the library, which takes a while. It warns on each Node that is no LTS release of 22 or later; our tests run it on those
 * that we support.
 */
async function importProvider() {
  const { warn } = console;
  console.warn = (...texts) => texts.some((text) => String(text).includes("Unsupported runtime")) || warn(...texts);
  try {
    return await import("oidc-provider");
  } finally {
    console.warn = warn;
  }
}

async function showPage(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  reply(response, 200, signInPage(`/interaction/${uid}`, devUsers));
}

async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const user = new URLSearchParams(await bodyOf(request)).get("user");
  const known = devUsers.find(({ id }) => id === user);
  const result = known
    ? { login: { accountId: known.id } }
    : { error: "access_denied", error_description: "no person was chosen" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) if (body.length < 1_000) body += chunk;
  return body;
}

function reply(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  response.end(html);
}

function configurationOf({ key, secret, clients, audience, tokenLifeS }: ProviderOptions): Configuration {
  // A resource is a URI (RFC 8707), an audience any text.
  const resource = `urn:${audience}`;
  const rolesOf = new Map(clients.map(({ id, roles = [] }) => [id, roles]));
  return {
    adapter: memoryAdapter(),
    jwks: { keys: [key] },
    cookies: { keys: [createHmac("sha256", secret).update("cookies of the issuer").digest("base64url")] },
    clients: clients.map((client) => ({
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: [...client.redirectUris],
      post_logout_redirect_uris: [...client.signedOutUris],
      ...(client.logoutUri !== undefined && {
        backchannel_logout_uri: client.logoutUri,
        backchannel_logout_session_required: true,
      }),
      response_types: client.redirectUris.length > 0 ? ["code"] : [],
      grant_types: client.redirectUris.length > 0 ? ["authorization_code"] : ["client_credentials"],
    })),
    claims: { openid: ["sub"], profile: ["name", "roles"] },
    // The claims of the scopes are in the ID token, so that the gateway needs no second request.
    conformIdTokenClaims: false,
    findAccount(_context, id) {
      const user = devUsers.find((one) => one.id === id);
      return user && { accountId: id, claims: async () => ({ sub: id, name: user.name, roles: [...user.roles] }) };
    },
    async loadExistingGrant(context) {
      const { client, session, provider } = context.oidc;
      if (!client || !session?.accountId) return undefined;
      // The clients belong to this mesh, so users are not asked for consent.
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile");
      grant.addResourceScope(resource, "openid profile");
      await grant.save();
      return grant;
    },
    extraTokenClaims: async (_context, token) => ({ roles: rolesOfToken(token, rolesOf) }),
    fetch: fetchHere,
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    ttl: {
      AccessToken: tokenLifeS,
      ClientCredentials: tokenLifeS,
      Session: 14 * 24 * 3_600,
      Grant: 14 * 24 * 3_600,
      Interaction: 3_600,
      IdToken: 3_600,
    },
    renderError: (context: KoaContextWithOIDC, { error, error_description: description = "" }) => {
      context.type = "html";
      context.body = errorPage(error, description);
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = signOutPage(form);
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "openid profile",
          audience,
          accessTokenFormat: "jwt",
          accessTokenTTL: tokenLifeS,
        }),
      },
    },
  };
}

/** The gateway is on this machine, which the library's own dispatcher never contacts. Only the addresses of known clients are fetched. */
function fetchHere(...[url, options = {}]: Parameters<typeof fetch>): Promise<Response> {
  const { dispatcher: _, ...rest } = options as RequestInit & { dispatcher?: unknown };
  return fetch(url, rest as RequestInit);
}

function rolesOfToken(
  token: { accountId?: string; clientId?: string | undefined },
  rolesOf: ReadonlyMap<string, readonly string[]>,
) {
  const user = devUsers.find(({ id }) => id === token.accountId);
  return [...(user?.roles ?? rolesOf.get(token.clientId ?? "") ?? [])];
}
