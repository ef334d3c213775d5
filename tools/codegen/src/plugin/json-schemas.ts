import type { DescFile } from "@bufbuild/protobuf";
import { Definitions } from "../json-schema/definitions.ts";
import { documentBase, documentName, schemaDocument } from "../json-schema/document.ts";
import type { Generation } from "./generation.ts";
import { messagesOf } from "./schemas.ts";

/** Generates a self-contained JSON Schema for each message, such as `json-schema/orders.v1.Order.json`. */
export function generateJsonSchemas(files: readonly DescFile[], { schema, validator }: Generation): void {
  const definitions = new Definitions(validator, { base: documentBase, isRequest: true });
  for (const message of files.flatMap(messagesOf)) {
    schema.generateFile(`json-schema/${documentName(message)}`).print(schemaDocument(message, definitions));
  }
}

/** Generates the declaration that all files share, so that the compiler does not infer a type from each. */
export function generateSchemaDeclaration({ schema }: Generation): void {
  const about = "/** A JSON Schema, draft 2020-12, of a message. */\n";
  const type = "declare const schema: Readonly<Record<string, unknown>>;\nexport default schema;";
  schema.generateFile("json-schema/index.d.ts").print(about, type);
}
