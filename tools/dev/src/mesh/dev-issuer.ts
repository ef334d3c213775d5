import { createHmac } from "node:crypto";
import { join } from "node:path";
import { type RunningIssuer, startIssuer } from "../issuer/issuer.ts";
import type { AddressBook } from "./address-book.ts";
import type { App } from "./app.ts";
import type { DevSettings } from "./settings.ts";

/** The issuer of the people who can sign in during development. */
export interface DevIssuer {
  readonly url: string;
  /** The settings of the gateway. */
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** The id of the gateway, and the audience of access tokens. */
const clientId = "typemesh";

/** A machine for trying out bearer tokens. */
const robot = { id: "robot", secret: "robot", redirectUris: [], signedOutUris: [], roles: ["clerk"] };

/** Starts the issuer of a mesh that has a gateway, unless the settings name another one. */
export async function openDevIssuer(options: {
  readonly folder: string;
  readonly settings: DevSettings;
  readonly apps: readonly App[];
  readonly addresses: AddressBook;
  /** The secrets of the gateway and of the issuer are derived from it. */
  readonly secret: string;
}): Promise<DevIssuer | undefined> {
  const { folder, settings, apps, addresses } = options;
  if (settings.OIDC_ISSUER || !apps.some(({ kind }) => kind === "gateway")) return undefined;
  const secret = createHmac("sha256", options.secret).update("client of the issuer").digest("base64url");
  const clients = () => [{ id: clientId, secret, ...uris(apps, addresses) }, robot];
  const issuer: RunningIssuer = await addresses.serve(settings.ISSUER_PORT, (port) =>
    startIssuer({ dir: join(folder, "issuer"), port, clients, audience: clientId }),
  );
  const environment = {
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: secret,
    OIDC_AUDIENCE: clientId,
  };
  return { ...issuer, environment };
}

/** Browsers reach the gateway at its own address, or at that of the web page, which forwards requests. */
function uris(apps: readonly App[], { ports }: AddressBook) {
  const gateways = apps.filter(({ kind }) => kind === "gateway").map(({ name }) => name);
  const isGateway = (name: string) => gateways.some((gateway) => name === gateway || name.startsWith(`${gateway}-`));
  const names = apps.filter(({ kind }) => kind !== "service").map(({ name }) => name);
  const reached = [...ports].filter(([name]) => names.some((app) => name === app || name.startsWith(`${app}-`)));
  const origins = reached.flatMap(([, port]) => [`http://localhost:${port}`, `http://127.0.0.1:${port}`]);
  const [, gatewayPort] = reached.find(([name]) => isGateway(name)) ?? [];
  return {
    redirectUris: origins.map((origin) => `${origin}/auth/callback`),
    signedOutUris: origins.map((origin) => `${origin}/`),
    logoutUri: `http://127.0.0.1:${gatewayPort}/auth/backchannel-logout`,
  };
}
