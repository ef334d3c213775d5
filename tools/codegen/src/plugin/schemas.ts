import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { createImportSymbol, type GeneratedFile, type Printable } from "@bufbuild/protoplugin";
import { commentOf } from "../comment.ts";
import { mark } from "../mark.ts";
import { typeName } from "../names.ts";
import { documentation, separated } from "../printing.ts";
import { messageSchema } from "../schema/element-schema.ts";
import { inputName, inputType } from "../schema/input-type.ts";
import { messageSchemaBody } from "../schema/message-schema.ts";
import { neededMembers } from "../schema/needed.ts";
import { schemaType } from "../schema/typed.ts";
import type { Generation } from "./generation.ts";
import { printHeader, startModule } from "./module.ts";

/** Returns all messages of a file, including nested ones. */
export function messagesOf(file: DescFile): DescMessage[] {
  return [...nestedTypes(file)].filter((type) => type.kind === "message");
}

/** Generates `orders.zod.js`: a schema for each message, and its input type. */
export function generateSchemas(file: DescFile, { schema, validator, problems }: Generation): void {
  const messages = messagesOf(file);
  if (messages.length === 0) return;
  const module = startModule(schema, `${file.name}.zod`);
  printHeader(module, file);
  for (const message of messages) {
    const needed = neededMembers(message, validator, problems);
    const { js, type } = messageSchemaBody(message, needed, problems);
    module.js.print("export const ", messageSchema(message), " = /*@__PURE__*/ ", js, ";\n");
    printDeclarations(module.dts, message, needed, type);
  }
}

function printDeclarations(
  dts: GeneratedFile,
  message: DescMessage,
  needed: ReadonlySet<string>,
  shape: Printable,
): void {
  const output = createImportSymbol(typeName(message), `./${message.file.name}.pb.ts`, true);
  const shapeName = createImportSymbol(`${typeName(message)}Shape`, `./${message.file.name}.zod.js`, true);
  const about = documentation(commentOf(message));
  dts.print(about, "export interface ", mark(message), inputName(message), " ", inputType(message, needed), "\n");
  dts.print("export type ", shapeName, " = ", shape, ";\n");
  const type = [schemaType("MessageSchema"), "<", separated([output, inputName(message), shapeName]), ">"];
  dts.print(about, "export declare const ", mark(message), messageSchema(message), ": ", type, ";\n");
}
