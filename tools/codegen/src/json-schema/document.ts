import type { DescMessage } from "@bufbuild/protobuf";
import { packageFolder } from "../names.ts";
import type { Definitions } from "./definitions.ts";

/** The dialect of all schemas. */
export const dialect = "https://json-schema.org/draft/2020-12/schema";

/** The start of references in a document. */
export const documentBase = "#/$defs/";

/** Returns the path of the document of a package, without its extension: `json-schema/orders.v1`. */
export function documentPath(packageName: string): string {
  return `json-schema/${packageName || packageFolder(packageName)}`;
}

/** The JSON Schemas of messages. */
export interface SchemaDocument {
  /** The document with all schemas in `$defs`, as indented JSON. */
  readonly json: string;
  /** The names of the schemas: those of the messages, and of all that they refer to. */
  readonly names: readonly string[];
}

/**
 * Returns the schemas of messages, with all schemas that they refer to, by their names.
 *
 * @param id the `$id` of the document
 */
export function schemaDocument(id: string, messages: readonly DescMessage[], definitions: Definitions): SchemaDocument {
  const names = definitions.closure(messages.map((message) => definitions.name(message)));
  const head = `{\n  "$schema": ${JSON.stringify(dialect)},\n  "$id": ${JSON.stringify(id)},\n  "$defs": {\n`;
  // The text of a schema that several packages use is made once.
  const members = names.map((name) => definitions.memberOf(name));
  return { json: `${head}${members.join(",\n")}\n  }\n}`, names };
}
