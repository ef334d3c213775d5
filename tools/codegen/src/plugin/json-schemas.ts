import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import type { Schema } from "@bufbuild/protoplugin";
import { Definitions } from "../json-schema/definitions.ts";
import { documentBase, documentPath, schemaDocument } from "../json-schema/document.ts";
import type { Generation } from "./generation.ts";
import { messagesOf } from "./schemas.ts";

/**
 * Generates a document for each package, such as `json-schema/orders.v1.json`, with the JSON Schemas of its messages.
 *
 * @param files all files of each package
 */
export function generateJsonSchemas(files: readonly DescFile[], { schema, validator }: Generation): void {
  const definitions = new Definitions(validator, { base: documentBase, isRequest: true });
  for (const [packageName, messages] of messagesByPackage(files)) {
    if (messages.length > 0) generateDocument(schema, { path: documentPath(packageName), messages, definitions });
  }
}

function messagesByPackage(files: readonly DescFile[]): Map<string, DescMessage[]> {
  const packages = new Map<string, DescMessage[]>();
  for (const file of files) {
    const { package: name } = file.proto;
    packages.set(name, [...(packages.get(name) ?? []), ...messagesOf(file)]);
  }
  return packages;
}

interface Contents {
  readonly path: string;
  readonly messages: readonly DescMessage[];
  readonly definitions: Definitions;
}

/** Generates a document and its declaration, because the compiler would infer a large type from the document. */
function generateDocument(schema: Schema, { path, messages, definitions }: Contents): void {
  const id = `${path.split("/").at(-1)}.json`;
  const { json, names } = schemaDocument(id, messages, definitions);
  schema.generateFile(`${path}.json`).print(json);
  const dts = schema.generateFile(`${path}.d.ts`);
  dts.print("type Name =\n", names.map((name) => `  | ${JSON.stringify(name)}`).join("\n"), ";\n");
  dts.print("/** JSON Schemas, draft 2020-12, by the full names of messages and enums. */");
  dts.print("declare const schemas: {");
  dts.print("  readonly $schema: string;");
  dts.print("  readonly $id: ", JSON.stringify(id), ";");
  dts.print("  readonly $defs: Readonly<Record<Name, Readonly<Record<string, unknown>>>>;");
  dts.print("};\nexport default schemas;");
}
