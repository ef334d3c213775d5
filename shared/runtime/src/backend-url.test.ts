import { describe, expect, test } from "vitest";
import { backendShape, databaseUrlSetting, natsCredsSetting, natsUrlSetting } from "./backend-url.ts";
import { readSettings } from "./env.ts";

/** The seed of an nkey. */
const seed = "SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4";
const production = { NODE_ENV: "production" };
const nats = (url: string, env = {}) => natsUrlSetting({ ...production, ...env }).safeParse(url).success;
const database = (url: string, env = {}) => databaseUrlSetting({ ...production, ...env }).safeParse(url).success;

describe("the URL of NATS in production", () => {
  test.each(["tls://orders:secret@a:4222", "tls://token@a:4222", "tls://orders:secret@a:4222,tls://b:4222"])(
    "may be %s",
    (url) => expect(nats(url)).toBe(true),
  );

  test.each([
    "nats://orders:secret@a:4222",
    "tls://a:4222",
    "tls://orders:secret@a:4222,nats://b:4222",
    "tls://a:4222,tls://orders:secret@b:4222",
    "tls://:secret@a:4222",
    "a",
  ])("must not be %s", (url) => expect(nats(url)).toBe(false));

  test("needs what no other layer provides", () => {
    expect(nats("nats://orders:secret@a", { NATS_TLS: "off" })).toBe(true);
    expect(nats("nats://a", { NATS_TLS: "off" })).toBe(false);
    expect(nats("tls://a", { NATS_LOGIN: "off" })).toBe(true);
    expect(nats("nats://a", { NATS_LOGIN: "off" })).toBe(false);
    expect(nats("nats://a", { NATS_LOGIN: "off", NATS_TLS: "off" })).toBe(true);
    expect(nats("nats://a", { DATABASE_LOGIN: "off", DATABASE_TLS: "off" })).toBe(false);
  });

  test("needs no login beside a credentials file, but TLS", () => {
    expect(nats("tls://a", { NATS_CREDS: seed })).toBe(true);
    expect(nats("nats://a", { NATS_CREDS: seed })).toBe(false);
    expect(database("postgres://a/b?sslmode=verify-full", { NATS_CREDS: seed })).toBe(false);
  });

  test("may come with credentials, but not with the path of their file", () => {
    const creds = natsCredsSetting();
    expect(
      [seed, `${seed}\n`, `-----BEGIN USER NKEY SEED-----\n${seed}`].map((text) => creds.safeParse(text).success),
    ).toEqual([true, true, true]);
    expect(creds.safeParse("/run/secrets/nats.creds").success).toBe(false);
  });
});

describe("the URL of a database in production", () => {
  test.each([
    "postgres://orders:secret@a/orders?sslmode=verify-full",
    "postgresql://orders:secret@a/orders?sslmode=verify-ca&sslrootcert=ca.crt",
    "postgres://orders:secret@a/orders?sslmode=require",
    "postgres://orders:secret@a/orders?ssl=true",
    "postgres://orders@a/orders?sslmode=verify-full&sslcert=a.crt&sslkey=a.key",
  ])("may be %s", (url) => expect(database(url)).toBe(true));

  test.each([
    "postgres://orders:secret@a/orders",
    "postgres://orders:secret@a/orders?sslmode=disable",
    "postgres://orders:secret@a/orders?sslmode=prefer",
    "postgres://orders:secret@a/orders?sslmode=no-verify",
    "postgres://orders:secret@a/orders?sslmode=verify-full&sslmode=disable",
    "postgres://orders:secret@a/orders?sslmode=require&uselibpqcompat=true",
    "postgres://orders@a/orders?sslmode=verify-full",
    "postgres://:secret@a/orders?sslmode=verify-full",
    "mysql://orders:secret@a/orders?sslmode=verify-full",
  ])("must not be %s", (url) => expect(database(url)).toBe(false));

  test("needs what no other layer provides", () => {
    expect(database("postgres://orders:secret@a/b", { DATABASE_TLS: "off" })).toBe(true);
    expect(database("postgres://orders@a/b", { DATABASE_TLS: "off" })).toBe(false);
    expect(database("postgres://a/b?sslmode=verify-full", { DATABASE_LOGIN: "off" })).toBe(true);
    expect(database("postgres://a/b", { DATABASE_LOGIN: "off" })).toBe(false);
  });
});

test("in development every URL is right", () => {
  expect(natsUrlSetting({}).safeParse("nats://a:4222").success).toBe(true);
  expect(databaseUrlSetting({}).safeParse("postgres://a/b").success).toBe(true);
});

test("an error says what the URL must have and which layer may provide it, without the password", () => {
  const env = { ...production, NATS_URL: "nats://a:4222", DATABASE_URL: "postgres://orders:secret@a/b" };
  const shape = { NATS_URL: natsUrlSetting(env), DATABASE_URL: databaseUrlSetting(env), ...backendShape("NATS") };
  expect(() => readSettings(shape, { ...env, NATS_TLS: "no" })).toThrowErrorMatchingInlineSnapshot(`
    [SettingsError: 3 wrong settings:
      NATS_URL is "nats://a:4222"; expected: a URL that starts with tls://, or several, separated by commas, with a user and a password, or a token, or NATS_CREDS; or NATS_TLS=off if another layer encrypts the connection, NATS_LOGIN=off if another layer authenticates the process
      DATABASE_URL is "postgres://***@a/b"; expected: a URL that starts with postgres:// or postgresql://, with a user and a password, with sslmode=verify-full; or DATABASE_TLS=off if another layer encrypts the connection, DATABASE_LOGIN=off if another layer authenticates the process
      NATS_TLS is "no"; expected: on or off]
  `);
});
