import type { PeerDefinitions } from "@mesh/rpc";
import { describe, expect, it } from "vitest";
import { services } from "../fixtures/router.ts";
import { gatewaySettings } from "./settings.ts";

const addresses = Object.fromEntries(Object.keys(services).map((name, at) => [name, `127.0.0.1:${7001 + at}`]));
const peers = Object.entries(addresses)
  .map((entry) => entry.join("="))
  .join(",");
const secret = "x".repeat(32);
const edge = { COOKIE_SECRET: secret, PROXIES: "0", PUBLIC_ORIGINS: "https://shop.example" };

/** Reads the settings of a gateway of the services above. */
function settingsOf(env: NodeJS.ProcessEnv, called: PeerDefinitions = services) {
  return gatewaySettings(env, called);
}

describe("gatewaySettings", () => {
  it("needs nothing but the services' addresses in development", () => {
    expect(settingsOf({ MESH_PEERS: peers })).toEqual({
      host: "127.0.0.1",
      port: 4000,
      peers: Object.fromEntries(Object.entries(addresses).map(([name, address]) => [name, [address]])),
      natsUrl: undefined,
      databaseUrl: undefined,
      tls: { MESH_TLS: "on", MESH_TLS_DIR: undefined },
      cookieSecrets: [expect.stringMatching(/^.{32,}$/)],
      signIn: undefined,
      publicOrigins: new Set(),
      origins: new Set(),
      proxies: 0,
      rateLimits: true,
      ignoreUnknown: false,
      logLevel: "info",
      mux: true,
      noticeMs: 0,
      shutdownMs: 1_000,
      telemetry: {},
      isProduction: false,
    });
  });

  it("reads what is set", () => {
    const env = {
      MESH_PEERS: peers,
      NODE_ENV: "production",
      RATE_LIMITS: "off",
      COOKIE_SECRET: secret,
      HOST: "0.0.0.0",
      PORT: "80",
    };
    const MESH_TLS_DIR = "/var/run/tls";
    const origins = "https://shop.example, http://localhost:5173";
    expect(
      settingsOf({
        ...env,
        MESH_TLS_DIR,
        PUBLIC_ORIGINS: "https://shop.example",
        CORS_ORIGINS: origins,
        PROXIES: "2",
        LOG_LEVEL: "debug",
        REST_UNKNOWN_FIELDS: "ignore",
        MESH_MUX: "off",
      }),
    ).toMatchObject({
      host: "0.0.0.0",
      port: 80,
      tls: { MESH_TLS: "on", MESH_TLS_DIR },
      cookieSecrets: [secret],
      publicOrigins: new Set(["https://shop.example"]),
      origins: new Set(["https://shop.example", "http://localhost:5173"]),
      proxies: 2,
      rateLimits: false,
      ignoreUnknown: true,
      logLevel: "debug",
      mux: false,
      noticeMs: 5_000,
      shutdownMs: 15_000,
      isProduction: true,
    });
  });

  it("names all wrong settings together, and not the secret", () => {
    const env = {
      NODE_ENV: "production",
      RATE_LIMITS: "off",
      PORT: "eighty",
      MESH_PEERS: "catalog=a:1",
      COOKIE_SECRET: "hunter2",
    };
    const read = () => settingsOf({ ...env, CORS_ORIGINS: "https://shop.example/", LOG_LEVEL: "loud" });
    expect(read).toThrow(
      /^ {2}NATS_URL is not set; expected: .* to find inventory, orders, payments, or MESH_PEERS with inventory=host:port,orders=host:port,payments=host:port$/m,
    );
    const others = () =>
      settingsOf({ ...env, MESH_PEERS: peers, CORS_ORIGINS: "https://shop.example/", LOG_LEVEL: "loud" });
    expect(others).toThrowErrorMatchingInlineSnapshot(`
      [SettingsError: 7 wrong settings:
        PORT is "eighty"; expected: a port number from 0 to 65535
        COOKIE_SECRET is set, but not usable (its value is not shown); expected: at least 32 secret characters, such as the output of \`openssl rand -base64 32\`; before older ones, separated by commas
        PUBLIC_ORIGINS is not set; expected: the origins by which clients reach the gateway, such as https://shop.example
        CORS_ORIGINS is "https://shop.example/"; expected: origins of other pages of this site that may call, such as https://shop.example,http://localhost:5173
        PROXIES is not set; expected: the number of proxies in front of the gateway that add to X-Forwarded-For, from 0 to 10
        LOG_LEVEL is "loud"; expected: one of silent, fatal, error, warn, info, debug, trace
        MESH_TLS_DIR is not set; expected: a folder with tls.crt, tls.key and ca.crt, the identity of the process; see docs/identity.md]
    `);
  });

  it("requires TLS and an account at NATS in production, unless other layers provide them", () => {
    const env = {
      ...edge,
      NODE_ENV: "production",
      RATE_LIMITS: "off",
      MESH_TLS_DIR: "/tls",
      NATS_URL: "nats://a:4222",
    };
    expect(() => settingsOf(env)).toThrow(/^1 wrong setting:\n {2}NATS_URL is "nats:\/\/a:4222"; .* NATS_TLS=off if/);
    expect(settingsOf({ ...env, NATS_TLS: "off", NATS_LOGIN: "off" }).natsUrl).toBe("nats://a:4222");
    expect(settingsOf({ ...env, NATS_URL: "tls://token@a:4222" }).natsUrl).toBe("tls://token@a:4222");
  });

  it("requires TLS and an account at its database in production", () => {
    const env = {
      ...edge,
      NODE_ENV: "production",
      RATE_LIMITS: "off",
      MESH_TLS_DIR: "/tls",
      MESH_PEERS: peers,
    };
    const url = "postgres://gateway:secret@a/gateway";
    expect(() => settingsOf({ ...env, DATABASE_URL: url })).toThrow("with sslmode=verify-full");
    expect(settingsOf({ ...env, DATABASE_URL: url, DATABASE_TLS: "off" }).databaseUrl).toBe(url);
    expect(settingsOf({ MESH_PEERS: peers, DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  it("requires a database in production if a method has a rate limit", () => {
    const env = { ...edge, NODE_ENV: "production", MESH_TLS_DIR: "/tls", MESH_PEERS: peers };
    expect(() => settingsOf(env)).toThrow(
      /^1 wrong setting:\n {2}DATABASE_URL is not set; .* because of the rate limit of orders.placeOrder, payments.refundPayment; or RATE_LIMITS=off$/,
    );
    expect(settingsOf({ ...env, MESH_PEERS: "catalog=a:1" }, { catalog: services.catalog }).databaseUrl).toBe(
      undefined,
    );
  });

  it.each(["COOKIE_SECRET", "PROXIES", "PUBLIC_ORIGINS"])("requires %s in production", (name) => {
    const env = { ...edge, MESH_PEERS: peers, NODE_ENV: "production", RATE_LIMITS: "off", MESH_TLS_DIR: "/tls" };
    expect(settingsOf(env).proxies).toBe(0);
    expect(() => settingsOf({ ...env, [name]: "" })).toThrow(`1 wrong setting:\n  ${name} is not set`);
  });

  it.each([",", "shop.example"])("requires an origin in PUBLIC_ORIGINS: %j", (text) => {
    const env = { ...edge, MESH_PEERS: peers, NODE_ENV: "production", RATE_LIMITS: "off", MESH_TLS_DIR: "/tls" };
    expect(() => settingsOf({ ...env, PUBLIC_ORIGINS: text })).toThrow("PUBLIC_ORIGINS");
  });

  it.each(["shop.example", "https://shop.example/path", "*", "null", "ftp://shop.example", "https://SHOP.example"])(
    "rejects %s as an origin",
    (origin) => {
      expect(() => settingsOf({ MESH_PEERS: peers, CORS_ORIGINS: origin })).toThrow("CORS_ORIGINS");
    },
  );

  it.each(["catalog=127.0.0.1:7001", `${peers},orders=`, ""])("requires an address of every service: %j", (text) => {
    expect(() => settingsOf({ MESH_PEERS: text })).toThrow("MESH_PEERS");
  });
});
