import type { DescEnum, DescFile } from "@bufbuild/protobuf";
import { createImportSymbol, type GeneratedFile, type Printable } from "@bufbuild/protoplugin";
import { type CatalogueReason, errorEnumsOf, reasonsOf } from "../catalogue/error.ts";
import { commentOf } from "../comment.ts";
import { mark } from "../mark.ts";
import { typeName } from "../names.ts";
import { documentation, property, separated, text } from "../printing.ts";
import type { Generation } from "./generation.ts";
import { declared, printHeader, startModule } from "./module.ts";

/** Generates `orders.errors.js`: per error enum a function for each reason. */
export function generateErrors(file: DescFile, { schema, options }: Generation): void {
  const enums = errorEnumsOf(file, options);
  if (enums.length === 0) return;
  const module = startModule(schema, `${file.name}.errors`);
  printHeader(module, file);
  for (const desc of enums) {
    const reasons = reasonsOf(desc, options);
    printDefinition(module.js, desc, reasons);
    printDeclaration(module.dts, desc, reasons);
  }
}

/** The catalogue of an error enum, by its name. */
export function errorsValue(desc: DescEnum): Printable {
  return createImportSymbol(typeName(desc), `./${desc.file.name}.errors.js`);
}

function printDefinition(js: GeneratedFile, desc: DescEnum, reasons: readonly CatalogueReason[]): void {
  const define = createImportSymbol("defineErrors", "@mesh/contracts");
  const entries = reasons.map(({ key, reason, code, metadata, description }) => {
    const facts = [`reason: ${text(reason)}`, `code: ${text(code)}`, `metadata: [${metadata.map(text).join(", ")}]`];
    return `  ${property(key)}: { ${facts.join(", ")}, description: ${text(description)} },\n`;
  });
  js.print(
    "export const ",
    errorsValue(desc),
    " = /*@__PURE__*/ ",
    define,
    "(",
    text(desc.typeName),
    ", {\n",
    entries,
    "});\n",
  );
}

function printDeclaration(dts: GeneratedFile, desc: DescEnum, reasons: readonly CatalogueReason[]): void {
  const name = typeName(desc);
  const [own, type] = [errorsValue(desc), declared(`${name}Catalogue`, `${desc.file.name}.errors`)];
  const catalogue = createImportSymbol("ErrorCatalogue", "@mesh/contracts", true);
  const about = documentation(commentOf(desc));
  dts.print("/** The reasons of ", name, ". */");
  dts.print(
    "export type ",
    name,
    "Reason = ",
    separated(
      reasons.map(({ reason }) => text(reason)),
      " | ",
    ),
    ";\n",
  );
  dts.print(about, "export interface ", mark(desc), type, " extends ", catalogue, " {");
  for (const reason of reasons) dts.print(makerDeclaration(reason));
  dts.print("}\n");
  dts.print(about, "export declare const ", mark(desc), own, ": ", type, ";\n");
}

function makerDeclaration({ value, key, metadata, description }: CatalogueReason): Printable {
  const meshError = createImportSymbol("MeshError", "@mesh/contracts", true);
  const metadataValue = createImportSymbol("MetadataValue", "@mesh/contracts", true);
  const fields = metadata.map((name) => [`readonly ${property(name)}: `, metadataValue]);
  const given =
    metadata.length === 0 ? "metadata?: Record<string, never>" : ["metadata: { ", separated(fields, "; "), " }"];
  return [
    documentation(description, "  "),
    "  ",
    mark(value),
    property(key),
    "(",
    given,
    ", message?: string): ",
    meshError,
    ";",
  ];
}
