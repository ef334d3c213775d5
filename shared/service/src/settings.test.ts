import { InventoryService } from "@mesh/contracts/testing/inventory/v1";
import { OrderService } from "@mesh/contracts/testing/orders/v1";
import { PaymentService } from "@mesh/contracts/testing/payments/v1";
import * as tables from "@mesh/events/tables";
import { durationSetting } from "@mesh/runtime";
import { afterEach, expect, test, vi } from "vitest";
import { type ServiceOptions, service } from "./service.ts";
import { readServices } from "./settings.ts";

const handlers = {} as never;
const migrations = new URL("file:///nowhere/");
const plainStore = { schema: {}, migrations };
const { inbox, outbox } = tables;
const store = { schema: { ...tables }, migrations };
const publishing = { schema: { inbox, outbox }, migrations };
const names = [
  "HOST",
  "PORT",
  "DATABASE_URL",
  "NATS_URL",
  "MESH_PEERS",
  "MESH_ADVERTISE",
  "MESH_TLS",
  "MESH_TLS_DIR",
  "MESH_OPERATORS",
  "NATS_TLS",
  "NATS_LOGIN",
  "DATABASE_TLS",
  "DATABASE_LOGIN",
  "MESH_ISSUERS",
  "REFLECTION",
  "LOG_LEVEL",
  "MESH_MUX",
  "SHUTDOWN_MS",
  "WAIT_MS",
  "NODE_ENV",
  "STREAM_MAX_BYTES",
  "STREAM_MAX_AGE_MS",
  "STREAM_MAX_MESSAGE_BYTES",
  "STREAM_REPLICAS",
];

/** The settings of a service in an environment that has these variables and no others. */
function read(options: ServiceOptions<never, never, never> | object, env: Record<string, string>) {
  for (const name of names) vi.stubEnv(name, env[name]);
  const { config, services, logLevel } = readServices([service(PaymentService, options as object, handlers)]);
  const [configured] = services;
  return { config, logLevel, databaseUrl: configured?.databaseUrl, settings: configured?.settings };
}
afterEach(() => vi.unstubAllEnvs());

test("a service without store, events and peers needs no settings", () => {
  expect(read({}, {})).toEqual({
    logLevel: "info",
    config: {
      host: "127.0.0.1",
      port: 0,
      natsUrl: undefined,
      peers: {},
      tls: { MESH_TLS: "on", MESH_TLS_DIR: undefined },
      operators: ["developer"],
      issuers: ["gateway", "developer"],
      reflection: true,
      mux: true,
      noticeMs: 0,
      drainMs: 15_000,
    },
    databaseUrl: undefined,
    settings: {},
  });
});

test("the limits of streams are settings, with three replicas in production", () => {
  const env = { DATABASE_URL: "postgres://a:b@c/d", NATS_URL: "nats://a:4222" };
  const limitsOf = (more: Record<string, string>) => read({ store }, { ...env, ...more }).config.streams;
  expect(limitsOf({})).toEqual({ defaultReplicas: 1 });
  expect(
    limitsOf({ NODE_ENV: "production", MESH_TLS_DIR: "/tls", NATS_TLS: "off", NATS_LOGIN: "off", DATABASE_TLS: "off" }),
  ).toEqual({ defaultReplicas: 3 });
  const sizes = { STREAM_MAX_BYTES: "5000000000", STREAM_MAX_MESSAGE_BYTES: "300000" };
  const own = { ...sizes, STREAM_MAX_AGE_MS: "2592000000", STREAM_REPLICAS: "5" };
  const expected = { maxBytes: 5e9, maxMessageBytes: 300_000, maxAgeMs: 2_592_000_000, replicas: 5 };
  expect(limitsOf(own)).toEqual({ ...expected, defaultReplicas: 1 });
  for (const name of Object.keys(own)) expect(() => limitsOf({ [name]: "0" })).toThrow(`${name} is "0"`);
});

test("what a service does not need may stand there, in whatever form", () => {
  const { config, databaseUrl } = read({}, { DATABASE_URL: "x", MESH_PEERS: "z" });
  expect([databaseUrl, config.peers]).toEqual([undefined, {}]);
});

test("a store needs no NATS, but for one with an outbox", () => {
  const env = { DATABASE_URL: "postgres://a:b@c/d" };
  const { config, databaseUrl } = read({ store: plainStore }, env);
  expect([databaseUrl, config.natsUrl]).toEqual([env.DATABASE_URL, undefined]);
  expect(() => read({ store }, env)).toThrow("NATS_URL is not set");
});

test("peers need an address, or NATS to find them; a wrong list of addresses is the only complaint", () => {
  const peers = { orders: OrderService, inventory: InventoryService };
  const complaint = (MESH_PEERS?: string) => () => read({ peers }, MESH_PEERS ? { MESH_PEERS } : {});
  const expected = "NATS_URL is not set; expected: a URL that starts with nats:// or tls://, or several";
  const missing = (names: string, addresses: string) => `to find ${names}, or MESH_PEERS with ${addresses}`;
  expect(complaint()).toThrow(expected);
  expect(complaint()).toThrow(missing("orders, inventory", "orders=host:port,inventory=host:port"));
  expect(complaint("orders=a:1")).toThrow(missing("inventory", "inventory=host:port"));
  expect(complaint("orders")).toThrow(/^1 wrong setting:\n {2}MESH_PEERS is "orders"; expected: the addresses/);
  const NATS_URL = "nats://a:4222";
  expect(read({ peers }, { NATS_URL }).config).toMatchObject({ natsUrl: NATS_URL, peers: {} });
  expect(read({ peers }, { NATS_URL, MESH_PEERS: "orders=a:1" }).config.peers).toEqual({ orders: ["a:1"] });
});

test("a service of the same process needs no address", () => {
  expect(read({ peers: { payments: PaymentService } }, {}).config).toMatchObject({ natsUrl: undefined, peers: {} });
});

test.each(["10.0.0.7", "orders.example:7001", "[::1]", "[2001:db8::1]:7001"])("others may reach it at %s", (where) => {
  expect(read({}, { MESH_ADVERTISE: where }).config.advertise).toBe(where);
});

test.each(["http://host", "host:0", "host:65536", "2001:db8::1", "a host", ":7001"])(
  "none reaches it at %s",
  (where) => {
    expect(() => read({}, { MESH_ADVERTISE: where })).toThrow(`MESH_ADVERTISE is "${where}"; expected: where other`);
  },
);

test.each([
  [{ consumers: [] }, "handles events", "inbox, outbox, consumerLeases, consumerProcesses, parkedEvents"],
  [
    { consumers: [], store: plainStore },
    "handles events",
    "inbox, outbox, consumerLeases, consumerProcesses, parkedEvents",
  ],
  [{ store: { schema: { outbox }, migrations } }, "publishes events", "inbox"],
  [{ consumers: [], store: publishing }, "handles events", "consumerLeases, consumerProcesses, parkedEvents"],
])("events need a store with their tables", (options, what, missing) => {
  const message = `payments ${what}: its store's schema must have ${missing}, from @mesh/events/tables`;
  expect(() => service(PaymentService, options, handlers)).toThrow(message);
});

test("production gives notice of its end for 5 s", () => {
  expect(read({}, { NODE_ENV: "production", MESH_TLS_DIR: "/tls" }).config.noticeMs).toBe(5_000);
});

test("production needs an identity, also if another layer encrypts", () => {
  const NODE_ENV = "production";
  const missing = "MESH_TLS_DIR is not set; expected: a folder with tls.crt, tls.key and ca.crt";
  expect(() => read({}, { NODE_ENV })).toThrow(missing);
  expect(() => read({}, { NODE_ENV, MESH_TLS: "off" })).toThrow(missing);
  expect(() => read({}, { MESH_TLS: "no" })).toThrow('MESH_TLS is "no"; expected: on or off');
  const tls = { MESH_TLS: "off", MESH_TLS_DIR: "/tls" };
  expect(read({}, { NODE_ENV, ...tls }).config.tls).toEqual(tls);
});

test("production accepts tokens for customers of the gateway only, unless others are named", () => {
  const production = { NODE_ENV: "production", MESH_TLS_DIR: "/tls" };
  const issuersOf = (env: Record<string, string>) => read({}, env).config.issuers;
  expect(issuersOf(production)).toEqual(["gateway"]);
  expect(issuersOf({ ...production, MESH_ISSUERS: "gateway, admin.gateway" })).toEqual(["gateway", "admin.gateway"]);
  expect(() => issuersOf({ MESH_ISSUERS: "gateway," })).toThrow(
    'MESH_ISSUERS is "gateway,"; expected: names of processes',
  );
});

test("production needs TLS and an account at NATS and PostgreSQL, unless other layers provide them", () => {
  const inProduction = (env: Record<string, string>) => () =>
    read({ store }, { NODE_ENV: "production", MESH_TLS_DIR: "/tls", ...env });
  const open = { NATS_URL: "nats://a:4222", DATABASE_URL: "postgres://a/b" };
  expect(inProduction(open)).toThrow(
    /NATS_URL is .*; or NATS_TLS=off .*\n {2}DATABASE_URL is .*; or DATABASE_TLS=off /,
  );
  const others = { NATS_TLS: "off", NATS_LOGIN: "off", DATABASE_TLS: "off", DATABASE_LOGIN: "off" };
  expect(inProduction({ ...open, ...others })().databaseUrl).toBe(open.DATABASE_URL);
  const NATS_URL = "tls://orders:secret@a:4222";
  const DATABASE_URL = "postgres://orders:secret@a/b?sslmode=verify-full";
  expect(inProduction({ NATS_URL, DATABASE_URL })().config.natsUrl).toBe(NATS_URL);
});

test("the developer may call every method, in production only the operators that are set", () => {
  const operatorsOf = (env: Record<string, string>) => read({}, { MESH_TLS_DIR: "/tls", ...env }).config.operators;
  expect(operatorsOf({})).toEqual(["developer"]);
  expect(operatorsOf({ NODE_ENV: "production" })).toEqual([]);
  expect(operatorsOf({ NODE_ENV: "production", MESH_OPERATORS: "ada, importer.job" })).toEqual(["ada", "importer.job"]);
  const wrong = 'MESH_OPERATORS is "a b"; expected: names of processes that may call every method, separated by commas';
  expect(() => operatorsOf({ MESH_OPERATORS: "a b" })).toThrow(wrong);
});

test("calls share a stream, unless it is turned off", () => {
  expect([read({}, { MESH_MUX: "on" }).config.mux, read({}, { MESH_MUX: "off" }).config.mux]).toEqual([true, false]);
});

test("production has no reflection, unless it is set", () => {
  const reflectionOf = (env: Record<string, string>) => read({}, { MESH_TLS_DIR: "/tls", ...env }).config.reflection;
  expect(reflectionOf({ NODE_ENV: "production" })).toBe(false);
  expect(reflectionOf({ NODE_ENV: "production", REFLECTION: "on" })).toBe(true);
  expect(reflectionOf({ REFLECTION: "off" })).toBe(false);
});

const everything = {
  store,
  consumers: [],
  peers: { orders: OrderService },
  settings: { WAIT_MS: durationSetting(1_000) },
};

test("all settings are read", () => {
  const { config, logLevel, settings } = read(everything, {
    HOST: "0.0.0.0",
    PORT: "7003",
    DATABASE_URL: "postgres://a:b@c/d",
    NATS_URL: "nats://a:4222,nats://b:4222",
    MESH_PEERS: "catalog=127.0.0.1:7001, orders=127.0.0.1:7002",
    LOG_LEVEL: "debug",
    SHUTDOWN_MS: "100",
    WAIT_MS: "5",
  });
  expect(logLevel).toBe("debug");
  expect(config).toMatchObject({ host: "0.0.0.0", port: 7_003, drainMs: 100 });
  expect(settings).toEqual({ WAIT_MS: 5 });
  expect(config.natsUrl).toBe("nats://a:4222,nats://b:4222");
  expect(config.peers.orders).toEqual(["127.0.0.1:7002"]);
});

test("all that are wrong are named at once, with their values, but for secret ones", () => {
  const env = {
    PORT: "70000",
    DATABASE_URL: "mysql://user:hunter2@host/db",
    MESH_PEERS: "catalog=127.0.0.1:7001",
    LOG_LEVEL: "loud",
    SHUTDOWN_MS: "soon",
    WAIT_MS: "-1",
  };
  const failing = () => read(everything, env);
  expect(failing).toThrow(/^6 wrong settings:/);
  for (const part of [
    'PORT is "70000"; expected: a port number',
    "DATABASE_URL is ",
    "NATS_URL is not set; expected: a URL that starts with nats://",
    "to find orders, or MESH_PEERS with orders=host:port",
    'LOG_LEVEL is "loud"; expected: one of silent',
    'SHUTDOWN_MS is "soon"',
    'WAIT_MS is "-1"; expected: a whole number of milliseconds',
  ]) {
    expect(failing).toThrow(part);
  }
  expect(failing).not.toThrow("hunter2");
});

test("services of one process have a database and a variable each, and share the rest", () => {
  vi.stubEnv("NATS_URL", "nats://a:4222");
  vi.stubEnv("PAYMENTS_DATABASE_URL", "postgres://a:b@c/payments");
  vi.stubEnv("ORDERS_DATABASE_URL", undefined);
  const one = [service(PaymentService, { store }, handlers), service(OrderService, {}, handlers)];
  expect(readServices(one).services[0]?.databaseUrl).toBe("postgres://a:b@c/payments");
  const both = [service(PaymentService, { store }, handlers), service(OrderService, { store: plainStore }, handlers)];
  expect(() => readServices(both)).toThrow("ORDERS_DATABASE_URL is not set");
  vi.stubEnv("ORDERS_DATABASE_URL", "postgres://a:b@c/orders");
  expect(readServices(both)).toMatchObject({
    config: { natsUrl: "nats://a:4222" },
    services: [{ databaseUrl: "postgres://a:b@c/payments" }, { databaseUrl: "postgres://a:b@c/orders" }],
  });
});

test("one setting can't mean two things in one process", () => {
  const wait = (defaultMs: number) => ({ settings: { WAIT_MS: durationSetting(defaultMs) } });
  const both = [service(PaymentService, wait(1), handlers), service(OrderService, wait(2), handlers)];
  expect(() => readServices(both)).toThrow("both declare WAIT_MS: rename one");
});
