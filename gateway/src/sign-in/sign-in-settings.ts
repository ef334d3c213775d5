import { durationSetting, readSettings } from "@mesh/runtime";
import * as z from "zod";

/** The issuer of users, and how they sign in. */
export interface SignInSettings {
  /** The issuer: `https://login.shop.example/realms/shop` */
  readonly issuerUrl: string;
  readonly clientId: string;
  /** Undefined: a public client. */
  readonly clientSecret: string | undefined;
  /** The scopes of OpenID Connect to ask for. */
  readonly scopes: string;
  /** The claim with the roles; see rolesIn. */
  readonly rolesClaim: string;
  /** The role of people whose token has none. */
  readonly defaultRole: string;
  /** The audience of bearer tokens. Undefined: none are accepted. */
  readonly audience: string | undefined;
  /** How long an unused session lives, in milliseconds. */
  readonly idleMs: number;
  /** How long a session lives at most, in milliseconds. */
  readonly maxMs: number;
}

const hourMs = 3_600_000;
const issuerText = "the URL of an OpenID Connect issuer, such as https://login.shop.example/realms/shop";

/** Returns the schemas of the settings of the sign-in. Without OIDC_ISSUER all of them are optional. */
export function signInShape(isProduction: boolean, env?: Readonly<Record<string, string | undefined>>) {
  const { OIDC_ISSUER } = readSettings({ OIDC_ISSUER: z.string().optional() }, env);
  const isNeeded = OIDC_ISSUER !== undefined;
  const needed = (text: string) => (isNeeded ? z.string() : z.string().optional()).describe(text);
  return {
    OIDC_ISSUER: z
      .string()
      .refine((url) => isUrl(url, isProduction))
      .optional()
      .describe(isProduction ? issuerText : `${issuerText}; in development also http`),
    OIDC_CLIENT_ID: needed("the id of the gateway at the issuer"),
    OIDC_CLIENT_SECRET: z.string().optional(),
    OIDC_SCOPES: z
      .string()
      .regex(/\bopenid\b/)
      .default("openid profile")
      .describe("scopes with spaces between them, openid among them"),
    OIDC_ROLES_CLAIM: z.string().default("roles"),
    OIDC_DEFAULT_ROLE: z.string().default("customer"),
    OIDC_AUDIENCE: z.string().optional(),
    SESSION_IDLE_MS: durationSetting(24 * hourMs),
    SESSION_MAX_MS: durationSetting(14 * 24 * hourMs),
  };
}

/** Returns the sign-in settings of a gateway; undefined if no issuer is set, so that there is no sign-in. */
export function signInOf(settings: z.output<z.ZodObject<ReturnType<typeof signInShape>>>): SignInSettings | undefined {
  if (settings.OIDC_ISSUER === undefined) return undefined;
  return {
    issuerUrl: settings.OIDC_ISSUER,
    clientId: settings.OIDC_CLIENT_ID ?? "",
    clientSecret: settings.OIDC_CLIENT_SECRET,
    scopes: settings.OIDC_SCOPES,
    rolesClaim: settings.OIDC_ROLES_CLAIM,
    defaultRole: settings.OIDC_DEFAULT_ROLE,
    audience: settings.OIDC_AUDIENCE,
    idleMs: settings.SESSION_IDLE_MS,
    maxMs: settings.SESSION_MAX_MS,
  };
}

/** In production, everything travels by https: the code of a sign-in, and the cookie of a session. */
function isUrl(text: string, isProduction: boolean): boolean {
  return (isProduction ? /^https:/ : /^https?:/).test(text) && URL.canParse(text);
}
