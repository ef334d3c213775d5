import type { DescFile } from "@bufbuild/protobuf";
import { createImportSymbol, type GeneratedFile, type Printable, type Schema } from "@bufbuild/protoplugin";

/** A generated module: what runs, and its types. */
export interface Module {
  readonly js: GeneratedFile;
  readonly dts: GeneratedFile;
}

/** A name that a module itself declares; what it imports under the same name then gets another. */
export function declared(name: string, path: string): Printable {
  return createImportSymbol(name, `./${path}.js`);
}

/** Begins a module; one into which nothing is printed is not written. */
export function startModule(schema: Schema, path: string): Module {
  return { js: schema.generateFile(`${path}.js`), dts: schema.generateFile(`${path}.d.ts`) };
}

/** Says in both files that they are generated, and from what; printed by whoever prints into them, as its first line. */
export function printHeader({ js, dts }: Module, file: DescFile): void {
  for (const side of [js, dts]) side.print("// Generated from ", file.proto.name, ". Do not edit.\n");
}
