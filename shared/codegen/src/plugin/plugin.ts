import { create, createRegistry } from "@bufbuild/protobuf";
import { type CodeGeneratorResponse_File, CodeGeneratorResponse_FileSchema } from "@bufbuild/protobuf/wkt";
import { createEcmaScriptPlugin, type Plugin, type Schema } from "@bufbuild/protoplugin";
import { checkErrors } from "../catalogue/error.ts";
import { checkEvents } from "../catalogue/event.ts";
import { checkMethods } from "../catalogue/method.ts";
import { MeshOptions } from "../catalogue/options.ts";
import { filesToGenerate } from "../files.ts";
import { ContractError, type Problem } from "../problem.ts";
import { generateBarrels } from "./barrel.ts";
import { generateDescriptors } from "./descriptors.ts";
import { generateErrors } from "./errors.ts";
import { generateEvents } from "./events.ts";
import { takeMarks } from "./mark.ts";
import { generateMessages } from "./messages.ts";
import { generateSchemas } from "./schemas.ts";
import { generateServices } from "./services.ts";
import { sourceMap } from "./source-map.ts";

/**
 * Schemas, services, events and errors, beside the types by ts-proto.
 *
 * Option `sources`: the path from the output to the folder of the contracts, for go-to-definition.
 */
export const meshPlugin: Plugin = {
  name: "protoc-gen-mesh",
  version: "v0.1.0",
  run(request) {
    const sources = request.parameter.replace(/^sources=/, "");
    const response = inner.run({ ...request, parameter: "target=js,import_extension=js" });
    return { ...response, file: response.file.flatMap((file) => withSourceMap(file, sources)) };
  },
};

const inner = createEcmaScriptPlugin({
  name: "protoc-gen-mesh",
  version: "v0.1.0",
  generateTs: () => undefined,
  // Both sides of a module are printed together, so that they can't part.
  generateJs: (schema) => generate(schema),
});

function generate(schema: Schema): void {
  const problems: Problem[] = [];
  const options = new MeshOptions(createRegistry(...schema.allFiles));
  const files = filesToGenerate(schema.files, schema.allFiles);
  const generation = { schema, files, options, problems };
  for (const check of [checkEvents, checkErrors, checkMethods]) check(files, options, problems);
  for (const file of files) {
    generateSchemas(file, generation);
    generateMessages(file, generation);
    generateErrors(file, generation);
    generateEvents(file, generation);
    generateServices(file, generation);
  }
  generateBarrels(generation);
  generateDescriptors(generation);
  if (problems.length > 0) throw new ContractError(problems);
}

/** Puts what the marks say of a declaration file into a source map beside it. */
function withSourceMap(file: CodeGeneratorResponse_File, sources: string): CodeGeneratorResponse_File[] {
  const { text, marks } = takeMarks(file.content);
  if (marks.length === 0) return [file];
  const name = file.name.split("/").at(-1) ?? file.name;
  const up = "../".repeat(file.name.split("/").length - 1);
  const map = sourceMap(name, marks, (source) => `${up}${sources}/${source}`);
  const content = `${text}//# sourceMappingURL=${name}.map\n`;
  return [{ ...file, content }, create(CodeGeneratorResponse_FileSchema, { name: `${file.name}.map`, content: map })];
}
