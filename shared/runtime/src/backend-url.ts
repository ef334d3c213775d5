import * as z from "zod";
import { readSettings, switchSetting, urlListSetting, urlSetting } from "./env.ts";

/** The servers that processes connect to by a URL, by the first word of their settings. */
type Backend = "NATS" | "DATABASE";

type Environment = Readonly<Record<string, string | undefined>> | undefined;

/** What the URL of a backend must have. */
interface Needs {
  readonly tls: boolean;
  readonly login: boolean;
}

/**
 * Returns the schemas of NATS_TLS and NATS_LOGIN, or of DATABASE_TLS and DATABASE_LOGIN: `on` or `off`, default `on`. With
 * `off`, another layer, such as a sidecar, encrypts the connections or authenticates the process, also in production.
 *
 * @example
 * ```ts
 * import { backendShape, readSettings } from "@mesh/runtime";
 *
 * readSettings(backendShape("NATS"), { NATS_TLS: "off" }); // { NATS_TLS: false, NATS_LOGIN: true }
 * ```
 */
export function backendShape<B extends Backend>(backend: B) {
  const shape = { [`${backend}_TLS`]: switchSetting(true), [`${backend}_LOGIN`]: switchSetting(true) };
  return shape as Record<`${B}_TLS` | `${B}_LOGIN`, ReturnType<typeof switchSetting>>;
}

/**
 * Returns the schema of NATS_URL: one URL or several, separated by commas. With NODE_ENV=production each must start with
 * `tls://` unless NATS_TLS is `off`, and the first must have a user and a password, or a token, unless NATS_CREDS is
 * set or NATS_LOGIN is `off`.
 *
 * @param env default: the environment of the process
 *
 * @example
 * ```ts
 * import { natsUrlSetting } from "@mesh/runtime";
 *
 * const url = natsUrlSetting({ NODE_ENV: "production" });
 * url.safeParse("nats://10.0.0.1:4222").success; // false
 * url.safeParse("tls://orders:secret@10.0.0.1:4222").success; // true
 * ```
 */
export function natsUrlSetting(env?: Environment) {
  const needs = needsOf("NATS", env);
  const url = needs.tls ? urlListSetting("tls") : urlListSetting("nats", "tls");
  return url
    .refine((list) => !needs.login || hasNatsLogin(list))
    .describe(
      textOf("NATS", needs, [
        url.description ?? "",
        needs.login && "with a user and a password, or a token, or NATS_CREDS",
      ]),
    );
}

/**
 * Returns the schema of NATS_CREDS, which a process may have instead of a login in NATS_URL: the text of a credentials file of
 * NATS, with a JWT and a seed, or the seed of an nkey.
 *
 * @example
 * ```ts
 * import { natsCredsSetting } from "@mesh/runtime";
 *
 * natsCredsSetting().safeParse("SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4").success; // true
 * natsCredsSetting().safeParse("/run/secrets/nats.creds").success; // false: set NATS_CREDS_FILE
 * ```
 */
export function natsCredsSetting() {
  const text =
    "the text of a credentials file of NATS, or the seed of an nkey; or set NATS_CREDS_FILE to the path of the file";
  return z
    .string()
    .refine((creds) => /-----BEGIN USER NKEY SEED-----|^\s*SU[A-Z2-7]{56}\s*$/.test(creds))
    .optional()
    .describe(text);
}

/**
 * Returns the schema of the URL of a PostgreSQL database. With NODE_ENV=production it must have `sslmode=verify-full`, or another
 * mode that verifies the server, unless DATABASE_TLS is `off`, and a user and a password, unless DATABASE_LOGIN is `off`.
 *
 * @param env default: the environment of the process
 *
 * @example
 * ```ts
 * import { databaseUrlSetting } from "@mesh/runtime";
 *
 * const url = databaseUrlSetting({ NODE_ENV: "production" });
 * url.safeParse("postgres://orders:secret@10.0.0.1/orders").success; // false
 * url.safeParse("postgres://orders:secret@10.0.0.1/orders?sslmode=verify-full").success; // true
 * ```
 */
export function databaseUrlSetting(env?: Environment) {
  const needs = needsOf("DATABASE", env);
  const url = urlSetting("postgres", "postgresql");
  const parts = [
    url.description ?? "",
    needs.login && "with a user and a password",
    needs.tls && "with sslmode=verify-full",
  ];
  return url
    .refine((text) => !needs.login || hasDatabaseLogin(text))
    .refine((text) => !needs.tls || hasDatabaseTls(text))
    .describe(textOf("DATABASE", needs, parts));
}

function needsOf(backend: Backend, env: Environment): Needs {
  const given = z.string().optional();
  const names = { NODE_ENV: given, NATS_CREDS: given, [`${backend}_TLS`]: given, [`${backend}_LOGIN`]: given };
  const settings: Readonly<Record<string, string | undefined>> = readSettings(names, env);
  const isProduction = settings.NODE_ENV === "production";
  const isNeeded = (what: "TLS" | "LOGIN") => isProduction && settings[`${backend}_${what}`] !== "off";
  const hasCreds = backend === "NATS" && Boolean(settings.NATS_CREDS);
  return { tls: isNeeded("TLS"), login: isNeeded("LOGIN") && !hasCreds };
}

function textOf(backend: Backend, { tls, login }: Needs, parts: readonly (string | false)[]): string {
  const exceptions = [
    tls && `${backend}_TLS=off if another layer encrypts the connection`,
    login && `${backend}_LOGIN=off if another layer authenticates the process`,
  ].filter((text) => text !== false);
  const text = parts.filter((part) => part !== false).join(", ");
  return exceptions.length === 0 ? text : `${text}; or ${exceptions.join(", ")}`;
}

/** The client uses the account of the first server for all of them. */
function hasNatsLogin(list: string): boolean {
  const [first = ""] = list.split(",");
  return URL.canParse(first) && new URL(first).username !== "";
}

function hasDatabaseLogin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, searchParams } = new URL(text);
  return username !== "" && (password !== "" || (searchParams.has("sslcert") && searchParams.has("sslkey")));
}

/** Returns whether the certificate of the server is verified, as pg-connection-string 2 reads the URL. */
function hasDatabaseTls(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { searchParams } = new URL(text);
  const last = (name: string) => searchParams.getAll(name).at(-1);
  const mode = last("sslmode");
  if (mode === undefined) return ["true", "1"].includes(last("ssl") ?? "");
  // With the semantics of libpq, `require` verifies nothing.
  return /^verify-(ca|full)$/.test(mode) || (mode === "require" && last("uselibpqcompat") !== "true");
}
