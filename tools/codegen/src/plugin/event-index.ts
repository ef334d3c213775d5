import { eventsOf } from "../catalogue/event.ts";
import type { Generation } from "./generation.ts";

/** Generates `events.json`: the owner, the stream and the consumers of each event. Tools that start NATS read it. A feed goes to the gateway. */
export function generateEventIndex({ schema, files, names, options }: Generation): void {
  const entries = files.flatMap((file) =>
    eventsOf(file, options).map(({ message, subject, consumers }) => {
      const isFeed = options.event(message)?.feed !== undefined;
      return { event: message.typeName, subject, consumers, isFeed, ...names.streamOf(file.proto.package) };
    }),
  );
  schema.generateFile("events.json").print(JSON.stringify(entries, null, 2));
}
