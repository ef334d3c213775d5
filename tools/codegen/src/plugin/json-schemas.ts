import { Definitions } from "../json-schema/definitions.ts";
import { documentBase, documentName, schemaDocument } from "../json-schema/document.ts";
import type { Generation } from "./generation.ts";
import { messagesOf } from "./schemas.ts";

/** Generates `json-schema/orders.v1.Order.json` and its like: a JSON Schema of each message, complete in itself. */
export function generateJsonSchemas({ schema, files, validator }: Generation): void {
  // As parsers of the JSON mapping do it unless told otherwise, a schema refuses what is no field.
  const definitions = new Definitions(validator, { base: documentBase, isClosed: () => true });
  for (const message of files.flatMap(messagesOf)) {
    const document = schemaDocument(message, definitions);
    schema.generateFile(`json-schema/${documentName(message)}`).print(JSON.stringify(document, null, 2));
  }
  const about = "/** A JSON Schema, draft 2020-12, of a message. */\n";
  const type = "declare const schema: Readonly<Record<string, unknown>>;\nexport default schema;";
  // One declaration for all: the compiler would otherwise read a type from every file.
  schema.generateFile("json-schema/index.d.ts").print(about, type);
}
