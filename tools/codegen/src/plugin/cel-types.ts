import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createImportSymbol } from "@bufbuild/protoplugin";
import { celDescriptors } from "../cel/descriptors.ts";
import { ofCel } from "../cel/expressions.ts";
import { hasCel } from "../cel/has-cel.ts";
import { text } from "../printing.ts";
import type { Generation } from "./generation.ts";
import { printHeader, startModule } from "./module.ts";
import { messagesOf } from "./schemas.ts";

/** Generates `orders.types.js` if a message of the file has expressions: the types that these use. */
export function generateCelTypes(file: DescFile, { schema }: Generation): void {
  if (!messagesOf(file).some(hasCel)) return;
  const module = startModule(schema, `${file.name}.types`);
  printHeader(module, file);
  const descriptors = text(base64Encode(toBinary(FileDescriptorSetSchema, celDescriptors(file))));
  module.js.print("export const types = /*@__PURE__*/ ", ofCel("celTypes"), "(", descriptors, ");");
  module.dts.print("export declare const types: ", createImportSymbol("CelTypes", "@mesh/contracts/cel", true), ";");
}
