import type { DescFile } from "@bufbuild/protobuf";
import { createImportSymbol, type GeneratedFile, type Printable, type Schema } from "@bufbuild/protoplugin";

/** A generated module: its code and its types. */
export interface Module {
  readonly js: GeneratedFile;
  readonly dts: GeneratedFile;
}

/** Returns a name that a module declares itself. An import of the same name gets another one. */
export function declared(name: string, path: string): Printable {
  return createImportSymbol(name, `./${path}.js`);
}

/** Starts a module. A module without content is not written. */
export function startModule(schema: Schema, path: string): Module {
  return { js: schema.generateFile(`${path}.js`), dts: schema.generateFile(`${path}.d.ts`) };
}

/** Prints the first line of both files, which names their source. */
export function printHeader({ js, dts }: Module, file: DescFile): void {
  for (const side of [js, dts]) side.print("// Generated from ", file.proto.name, ". Do not edit.\n");
}
