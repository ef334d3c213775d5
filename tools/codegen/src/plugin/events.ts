import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { type CatalogueEvent, eventsOf } from "../catalogue/event.ts";
import type { EventStream } from "../catalogue/service-name.ts";
import { commentOf } from "../comment.ts";
import { mark } from "../mark.ts";
import { fieldKey, typeName } from "../names.ts";
import { documentation, text } from "../printing.ts";
import { inputName } from "../schema/input-type.ts";
import type { Generation } from "./generation.ts";
import { messageValue, outputName } from "./messages.ts";
import { declared, type Module, printHeader, startModule } from "./module.ts";

/** Generates `orders.events.js`: a value for each event, with its message, subject, key and stream. */
export function generateEvents(file: DescFile, generation: Generation): void {
  const events = eventsOf(file, generation.options);
  if (events.length === 0) return;
  const module = startModule(generation.schema, `${file.name}.events`);
  printHeader(module, file);
  const stream = generation.names.streamOf(file.proto.package);
  for (const event of events) printEvent(module, event, stream);
}

/** Returns the imported value of an event. */
export function eventValue(message: DescMessage): Printable {
  return declared(typeName(message), `${message.file.name}.events`);
}

function printEvent({ js, dts }: Module, { message, subject, key }: CatalogueEvent, stream: EventStream): void {
  const name = eventValue(message);
  const define = createImportSymbol("defineEvent", "@mesh/contracts");
  const definition = createImportSymbol("EventDefinition", "@mesh/contracts", true);
  const about = documentation(commentOf(message));
  const delivery = { subject, key: fieldKey(key), ...stream };
  const entries = Object.entries(delivery).map(([part, value]) => `${part}: ${text(value)}`);
  js.print("export const ", name, " = /*@__PURE__*/ ", define, "(", messageValue(message), ", {", [
    ` ${entries.join(", ")} });`,
  ]);
  dts.print(about, "export type ", name, " = ", outputName(message), ";\n");
  dts.print(about, "export declare const ", mark(message), name, ": ", definition, "<", outputName(message), ", ", [
    inputName(message),
    ">;\n",
  ]);
}
