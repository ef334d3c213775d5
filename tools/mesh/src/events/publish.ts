import { text } from "node:stream/consumers";
import { type Message, toBinary } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import { CommandError } from "@mesh/codegen/command";
import type { Catalogue } from "../contracts/catalogue.ts";
import { requestOf } from "../contracts/json-service.ts";
import type { MeshAccess } from "../settings.ts";
import { findEvent, knownEvents } from "./known-events.ts";
import { withOperators } from "./operators.ts";
import type { Printed } from "./parked.ts";

/**
 * Publishes an event by the service that owns it, which signs it.
 *
 * @param json the event; `-` is standard input
 * @throws CommandError if it breaks its contract
 */
export async function publishEvent(
  access: MeshAccess,
  name: string,
  json: string | undefined,
  catalogue: Catalogue,
): Promise<Printed> {
  const { desc, subject, stream, service, key } = findEvent(knownEvents(catalogue), name);
  const message = requestOf(desc, json === "-" ? await text(process.stdin) : (json ?? ""), catalogue.registry);
  check(message, catalogue, desc.typeName);
  const event = { subject, stream, typeName: desc.typeName, key: String(Reflect.get(message, key)) };
  const payload = toBinary(desc, message);
  const [id = ""] = await withOperators(access, { service }, async (operator) => {
    return (await operator.publishEvent({ service, ...event, payload })).id;
  });
  return { text: `${service} publishes ${subject} with the id ${id}\n`, json: { id, ...event } };
}

function check(message: Message, { registry }: Catalogue, typeName: string): void {
  const desc = registry.getMessage(typeName);
  if (!desc) return;
  const result = createValidator({ registry }).validate(desc, message);
  if (result.kind === "valid") return;
  if (result.kind === "error") throw result.error;
  const lines = result.violations.map(({ field, message: reason }) => `  ${field.map(nameOf).join(".")}: ${reason}`);
  throw new CommandError(`not a valid ${typeName}:\n${lines.join("\n")}`);
}

function nameOf(part: object): string {
  return "name" in part ? String(part.name) : "[]";
}
