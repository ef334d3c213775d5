import { type DescMessage, fromBinary, type Message, type Registry, toJson } from "@bufbuild/protobuf";
import { eventsOf } from "@mesh/codegen/catalogue/event";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import { ServiceNames } from "@mesh/codegen/catalogue/service-name";
import { CommandError } from "@mesh/codegen/command";
import { nearest } from "@mesh/codegen/generate/nearest";
import type { Catalogue } from "../contracts/catalogue.ts";

/** An event of the contracts. */
export interface KnownEvent {
  readonly desc: DescMessage;
  readonly subject: string;
  readonly stream: string;
  /** The name of the service that owns it. */
  readonly service: string;
  /** The name of the key's field in TypeScript. */
  readonly key: string;
}

/** Returns the events of the contracts, by subject. */
export function knownEvents({ registry }: Catalogue): KnownEvent[] {
  const options = new MeshOptions(registry);
  const names = new ServiceNames(registry.files, options);
  const events = [...registry.files].flatMap((file) =>
    eventsOf(file, options).map(({ message, subject, key }) => {
      const { stream, service } = names.streamOf(file.proto.package);
      return { desc: message, subject, stream, service, key: key.localName };
    }),
  );
  return events.toSorted((one, other) => one.subject.localeCompare(other.subject));
}

/**
 * Finds an event by its subject, its full name, or its name.
 *
 * @throws CommandError if there is none, or there are several
 */
export function findEvent(events: readonly KnownEvent[], name: string): KnownEvent {
  const found = events.filter(({ desc, subject }) => [subject, desc.typeName, desc.name].includes(name));
  const [event, ...others] = found;
  if (event && others.length === 0) return event;
  if (event) throw new CommandError(`${name} is the name of ${found.map(({ desc }) => desc.typeName).join(" and ")}`);
  const meant = nearest(
    name,
    events.flatMap(({ desc, subject }) => [subject, desc.typeName, desc.name]),
  );
  throw new CommandError(`the contracts have no event "${name}"${meant ? `: did you mean ${meant}?` : ""}`);
}

/** Returns a payload as JSON; its bytes in base64 if no contract describes it. */
export function payloadJson(event: KnownEvent | undefined, payload: Uint8Array, registry: Registry): unknown {
  if (!event) return Buffer.from(payload).toString("base64");
  try {
    const message: Message = fromBinary(event.desc, payload);
    return toJson(event.desc, message, { registry, alwaysEmitImplicit: true });
  } catch {
    return Buffer.from(payload).toString("base64");
  }
}
