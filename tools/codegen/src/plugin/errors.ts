import type { DescEnum, DescFile } from "@bufbuild/protobuf";
import { createImportSymbol, type GeneratedFile, type Printable } from "@bufbuild/protoplugin";
import { type CatalogueReason, errorEnumsOf, reasonsOf } from "../catalogue/error.ts";
import { commentOf } from "../comment.ts";
import { mark } from "../mark.ts";
import { typeName } from "../names.ts";
import { documentation, property, separated, text } from "../printing.ts";
import type { Generation } from "./generation.ts";
import { printHeader, startModule } from "./module.ts";

const contracts = "@mesh/contracts";

/** Generates `orders.errors.js`: for each error enum a function for each reason, and the types of received errors. */
export function generateErrors(file: DescFile, { schema, options }: Generation): void {
  const enums = errorEnumsOf(file, options);
  if (enums.length === 0) return;
  const module = startModule(schema, `${file.name}.errors`);
  printHeader(module, file);
  for (const desc of enums) {
    const reasons = reasonsOf(desc, options);
    printDefinition(module.js, desc, reasons);
    printReceived(module.dts, desc, reasons);
    printDeclaration(module.dts, desc, reasons);
  }
}

/** Returns the imported catalogue of an error enum. */
export function errorsValue(desc: DescEnum): Printable {
  return createImportSymbol(typeName(desc), `./${desc.file.name}.errors.js`);
}

/** Returns an imported type beside the catalogue of an error enum, such as `OrderErrorShape`. */
export function errorsType(desc: DescEnum, suffix: "Catalogue" | "Info" | "Reason" | "Shape"): Printable {
  return createImportSymbol(typeName(desc) + suffix, `./${desc.file.name}.errors.js`, true);
}

function printDefinition(js: GeneratedFile, desc: DescEnum, reasons: readonly CatalogueReason[]): void {
  const define = createImportSymbol("defineErrors", contracts);
  const entries = reasons.map(({ key, reason, code, metadata, description }) => {
    const keys = metadata.map((field) => text(field.key)).join(", ");
    const typed = metadata.filter(({ type }) => type !== "string");
    const types = typed.map(({ key, scalar }) => `${property(key)}: ${text(scalar)}`);
    const parts = [`reason: ${text(reason)}`, `code: ${text(code)}`, `metadata: [${keys}]`];
    if (types.length > 0) parts.push(`types: { ${types.join(", ")} }`);
    return `  ${property(key)}: { ${parts.join(", ")}, description: ${text(description)} },\n`;
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

/** Prints the types for receivers of an error: its reasons, the attributes of each, and its form at the gateway. */
function printReceived(dts: GeneratedFile, desc: DescEnum, reasons: readonly CatalogueReason[]): void {
  const name = typeName(desc);
  const [info, none] = [errorsType(desc, "Info"), createImportSymbol("NoErrorInfo", contracts, true)];
  const shape = createImportSymbol("MeshErrorShape", contracts, true);
  const names = reasons.map(({ reason }) => text(reason)).join(" | ");
  dts.print("/** The reasons of ", name, ". */");
  dts.print("export type ", errorsType(desc, "Reason"), " = ", names, ";\n");
  dts.print("/** The attributes of an error of ", name, ". The metadata depends on the reason. */");
  dts.print("export type ", info, " =", ...reasons.map((reason) => infoType(desc, reason)), ";\n");
  dts.print("/** The errors of procedures that declare ", name, ". `data` narrows on `data.reason`. */");
  dts.print("export type ", errorsType(desc, "Shape"), " = ", shape, "<", info, " | ", none, ">;\n");
}

function infoType(desc: DescEnum, { value, reason, metadata, description }: CatalogueReason): Printable {
  const keys = metadata.map(({ key, type }) => `readonly ${property(key)}: ${type}`).join("; ");
  return [
    "\n  | {\n",
    documentation(description, "      "),
    ["      readonly ", mark(value), "reason: ", text(reason), ";\n"],
    `      readonly domain: ${text(desc.typeName)};\n`,
    `      readonly metadata: ${keys ? `{ ${keys} }` : "Readonly<Record<string, never>>"};\n    }`,
  ];
}

function printDeclaration(dts: GeneratedFile, desc: DescEnum, reasons: readonly CatalogueReason[]): void {
  const [own, type, info] = [errorsValue(desc), errorsType(desc, "Catalogue"), errorsType(desc, "Info")];
  const catalogue = createImportSymbol("ErrorCatalogue", contracts, true);
  const about = documentation(commentOf(desc));
  dts.print(about, "export interface ", mark(desc), type, " extends ", catalogue, "<", info, "> {");
  for (const reason of reasons) dts.print(makerDeclaration(reason));
  dts.print("}\n");
  dts.print(about, "export declare const ", mark(desc), own, ": ", type, ";\n");
}

function makerDeclaration({ value, key, metadata, description }: CatalogueReason): Printable {
  const meshError = createImportSymbol("MeshError", contracts, true);
  const extras = createImportSymbol("ErrorExtras", contracts, true);
  const metadataValue = createImportSymbol("MetadataValue", contracts, true);
  const fields = metadata.map((field) => {
    // Any value can be written as text.
    return [`readonly ${property(field.key)}: `, field.type === "string" ? metadataValue : field.type];
  });
  const given =
    metadata.length === 0 ? "metadata?: Record<string, never>" : ["metadata: { ", separated(fields, "; "), " }"];
  return [
    documentation(description, "  "),
    ["  ", mark(value), property(key), "(", given, ", extras?: ", extras, "): ", meshError, ";"],
  ];
}
