import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { NatsLogin, NatsUser } from "../servers/nats-users.ts";
import { developer } from "../tls/certificates.ts";
import type { App } from "./app.ts";

/** An event of the contracts. Source: `events.json`, which the generator writes. */
export interface KnownEvent {
  /** `orders.v1.order_placed` */
  readonly subject: string;
  /** The name of the service that owns it. */
  readonly service: string;
  /** The stream that keeps it: `orders_v1`. */
  readonly stream: string;
  /** The names of the services that may consume it. Empty: any service may. */
  readonly consumers: readonly string[];
  /** True if the gateway reads it. */
  readonly isFeed: boolean;
  /** Whether responses that the gateway keeps depend on it. */
  readonly invalidates: boolean;
}

/** Reads the events of the contracts. There are none before the first generation. */
async function knownEvents(root: string): Promise<readonly KnownEvent[]> {
  const text = await readFile(join(root, "shared/contracts/gen/events.json"), "utf8").catch(() => "[]");
  return JSON.parse(text) as KnownEvent[]; // Our generator wrote it.
}

/** Returns the users of a mesh: first the developer, who may do everything, then the apps. */
export async function natsUsers(root: string, apps: readonly App[], secret: string): Promise<NatsUser[]> {
  const events = await knownEvents(root);
  const withNats = apps.filter(({ kind }) => kind !== "web");
  const administrator = { name: developer, password: passwordOf(developer, secret), publish: [">"], subscribe: [">"] };
  return [administrator, ...withNats.map((app) => natsUserOf(app, events, secret))];
}

/** Returns the login of an app. All passwords are derived from the secret. */
export function natsLoginOf({ name }: App, secret: string): NatsLogin {
  const user = name.replaceAll(/[^A-Za-z0-9_-]/g, "_");
  return { name: user, password: passwordOf(user, secret) };
}

/**
 * Returns the user of an app. It may publish the events of its services, consume those that list them, or list no service,
 * and register its services. The gateway may follow the events after which it forgets responses. An app receives only what is
 * sent to itself.
 */
export function natsUserOf(app: App, events: readonly KnownEvent[], secret: string): NatsUser {
  const { services } = app;
  const names = services.map((service) => service.name);
  const login = natsLoginOf(app, secret);
  const owned = events.filter(({ service }) => names.includes(service));
  const open = events.filter(({ consumers }) => consumers.length === 0 || consumers.some((one) => names.includes(one)));
  const streams = services.length === 0 ? [] : [...owned, ...open].map(({ stream }) => stream);
  const live = [
    ...services.flatMap(({ slug }) => open.map((event) => liveSubjects(slug, event))),
    ...(app.kind === "gateway" ? events.filter(({ invalidates }) => invalidates) : []).map((event) =>
      liveSubjects("gateway", event),
    ),
  ];
  const subjects = [
    ...owned.map(({ subject }) => subject),
    ...[...streams, ...(services.length === 0 ? [] : ["dead_letters"])].flatMap(streamSubjects),
    ...services.flatMap(({ slug }) => [
      `dead_letters.${slug}.>`,
      ...open.flatMap((event) => consumerSubjects(slug, event)),
    ]),
    ...(app.kind === "gateway" ? events.filter(({ isFeed }) => isFeed).flatMap(feedSubjects) : []),
    ...live.map(({ create }) => create),
    ...services.flatMap(({ slug }) => valueSubjects(slug)),
    ...registrySubjects(names),
    // Only the developer changes the policy. Source: shared/events/src/policy
    ...bucketSubjects("KV_mesh_policy"),
    "$JS.API.INFO",
    "$JS.API.STREAM.LIST",
  ];
  return {
    ...login,
    publish: [...new Set(subjects)],
    subscribe: [`_INBOX.${login.name}.>`, ...live.map(({ receive }) => receive)],
  };
}

function passwordOf(user: string, secret: string): string {
  return createHmac("sha256", secret).update(`nats ${user}`).digest("base64url");
}

/** Services create the streams that they use, and give them their limits. Source: shared/events/src/streams.ts */
function streamSubjects(stream: string): string[] {
  return ["INFO", "CREATE", "UPDATE"].map((action) => `$JS.API.STREAM.${action}.${stream}`);
}

/**
 * The filter is part of the subject that creates a consumer, so it can't have another one. A consumer may have a next generation beside it.
 * Source: shared/events/src/reader.ts
 */
function consumerSubjects(slug: string, { stream, subject }: KnownEvent): string[] {
  const durable = `${slug}_${subject.replaceAll(".", "_")}`;
  return [durable, `${durable}-next`].flatMap((name) => durableSubjects(name, stream, subject));
}

function durableSubjects(durable: string, stream: string, subject: string): string[] {
  return [
    `$JS.API.CONSUMER.CREATE.${stream}.${durable}.${subject}`,
    `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
    `$JS.API.CONSUMER.DELETE.${stream}.${durable}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`,
  ];
}

/**
 * The gateway reads the events that are feeds, by ephemeral consumers that push: it may not pull, which would take messages from the
 * consumers of others. Source: shared/events/src/feed
 */
function feedSubjects({ stream, subject }: KnownEvent): string[] {
  return [`$JS.API.STREAM.INFO.${stream}`, `$JS.API.CONSUMER.CREATE.${stream}.*.${subject}`, `$JS.FC.${stream}.>`];
}

/** The consumer of an event for all processes of a service. Source: shared/events/src/broadcast/live-consumer.ts */
function liveSubjects(process: string, { stream, subject }: KnownEvent) {
  const name = `${process}_live_${subject.replaceAll(".", "_")}`;
  const create = `$JS.API.CONSUMER.CREATE.${stream}.${name}.${subject}`;
  return { create, receive: `mesh.live.${process}.${subject}` };
}

/** What a service has computed is shared by its processes. Source: shared/events/src/kv/shared-values.ts */
function valueSubjects(slug: string): string[] {
  return [`$KV.mesh_values_${slug}.*`, ...bucketSubjects(`KV_mesh_values_${slug}`)];
}

/** Every process reads the registry, and writes only its own entries and pulses. Source: shared/events/src/registry */
function registrySubjects(names: readonly string[]): string[] {
  const stream = "KV_mesh_registry";
  return [
    ...[...names, "mesh-readers"].map((name) => `$KV.mesh_registry.${name}.*`),
    ...bucketSubjects(stream),
    // A registry that a cluster can't lead is replaced.
    `$JS.API.STREAM.UPDATE.${stream}`,
    `$JS.API.STREAM.DELETE.${stream}`,
  ];
}

/** Reading a bucket creates it, if it is missing, and a consumer of it. */
function bucketSubjects(stream: string): string[] {
  const consumer = ["CREATE", "INFO", "DELETE"].flatMap((action) => [
    `$JS.API.CONSUMER.${action}.${stream}`,
    `$JS.API.CONSUMER.${action}.${stream}.>`,
  ]);
  return [
    ...["INFO", "CREATE"].map((action) => `$JS.API.STREAM.${action}.${stream}`),
    ...consumer,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
    `$JS.ACK.${stream}.>`,
    `$JS.FC.${stream}.>`,
  ];
}
