import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { typeName } from "../names.ts";
import { text } from "../printing.ts";
import { messageSchema } from "../schema/element-schema.ts";
import { inputName } from "../schema/input-type.ts";
import type { Generation } from "./generation.ts";
import { printHeader, startModule } from "./module.ts";
import { messagesOf } from "./schemas.ts";

const contracts = "@mesh/contracts";

/** Generates `orders.messages.js`: the codec and the schema of each message as one value, for services and events. */
export function generateMessages(file: DescFile, { schema }: Generation): void {
  const messages = messagesOf(file);
  if (messages.length === 0) return;
  const module = startModule(schema, `${file.name}.messages`);
  printHeader(module, file);
  for (const message of messages) {
    const name = messageValue(message);
    const codec = createImportSymbol(typeName(message), `./${file.name}.pb.ts`);
    const define = createImportSymbol("defineMessage", contracts);
    module.js.print("export const ", name, " = /*@__PURE__*/ ", [
      define,
      "(",
      text(message.typeName),
      ", ",
      codec,
      ", ",
      messageSchema(message),
      ");",
    ]);
    module.dts.print("export declare const ", name, ": ", messageType(message), ";");
  }
}

/** Returns the type of the value of a message: `MessageType<Order, OrderInput>`. */
function messageType(message: DescMessage): Printable {
  const type = createImportSymbol("MessageType", contracts, true);
  return [type, "<", outputName(message), ", ", inputName(message), ">"];
}

/** Returns the imported type of a message, which ts-proto declares. */
export function outputName(message: DescMessage): Printable {
  return createImportSymbol(typeName(message), `./${message.file.name}.pb.ts`, true);
}

/** Returns the imported value of a message. */
export function messageValue(message: DescMessage): Printable {
  return createImportSymbol(`${typeName(message)}Message`, `./${message.file.name}.messages.js`);
}
