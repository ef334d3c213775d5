import type { DescMessage } from "@bufbuild/protobuf";
import type { Definitions } from "./definitions.ts";

/** The dialect of all schemas. */
export const dialect = "https://json-schema.org/draft/2020-12/schema";

/** The start of references in a document. */
export const documentBase = "#/$defs/";

/** Returns the name of the file for a message: `orders.v1.Order.json`. */
export function documentName(message: DescMessage): string {
  return `${message.typeName}.json`;
}

/** Returns the schema of a message with all schemas that it refers to, as indented JSON. */
export function schemaDocument(message: DescMessage, definitions: Definitions): string {
  const name = definitions.name(message);
  const own = { $schema: dialect, $id: documentName(message), ...definitions.schemaOf(name) };
  const head = JSON.stringify(own, null, 2);
  const members = definitions.closure(definitions.usesOf(name)).map((used) => definitions.memberOf(used));
  // Each schema is part of many documents, so that its text is made once.
  return members.length === 0 ? head : `${head.slice(0, -"\n}".length)},\n  "$defs": {\n${members.join(",\n")}\n  }\n}`;
}
