import { cacheOf } from "../catalogue/cache.ts";
import { eventsOf } from "../catalogue/event.ts";
import type { Generation } from "./generation.ts";

/**
 * Generates `events.json`: the owner, the stream and the consumers of each event, whether it is a feed, which goes to the gateway,
 * and whether responses at the gateway depend on it. Tools that start NATS read it.
 */
export function generateEventIndex({ schema, files, names, options }: Generation): void {
  const methods = files.flatMap((file) => file.services.flatMap((service) => service.methods));
  const awaited = new Set(methods.flatMap((method) => cacheOf(method, files, options)?.invalidatedBy ?? []));
  const entries = files.flatMap((file) =>
    eventsOf(file, options).map(({ message, subject, consumers }) => {
      const event = { event: message.typeName, subject, consumers, ...names.streamOf(file.proto.package) };
      const isFeed = options.event(message)?.feed !== undefined;
      return { ...event, isFeed, invalidates: awaited.has(message) };
    }),
  );
  schema.generateFile("events.json").print(JSON.stringify(entries, null, 2));
}
