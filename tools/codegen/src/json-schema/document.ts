import type { DescMessage } from "@bufbuild/protobuf";
import type { Definitions } from "./definitions.ts";
import type { JsonSchema } from "./schema.ts";

/** The dialect of all schemas. */
export const dialect = "https://json-schema.org/draft/2020-12/schema";

/** The start of references in a document. */
export const documentBase = "#/$defs/";

/** Returns the name of the file for a message: `orders.v1.Order.json`. */
export function documentName(message: DescMessage): string {
  return `${message.typeName}.json`;
}

/** Returns the schema of a message with all schemas that it refers to. */
export function schemaDocument(message: DescMessage, definitions: Definitions): JsonSchema {
  const name = definitions.name(message);
  const $defs = definitions.closure(definitions.usesOf(name));
  return {
    $schema: dialect,
    $id: documentName(message),
    ...definitions.schemaOf(name),
    ...(Object.keys($defs).length > 0 && { $defs }),
  };
}
