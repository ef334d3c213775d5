import { create, createRegistry, type DescFile } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  type CodeGeneratorResponse,
  type CodeGeneratorResponse_File,
  CodeGeneratorResponse_FileSchema,
} from "@bufbuild/protobuf/wkt";
import { createEcmaScriptPlugin, type Plugin, type Schema } from "@bufbuild/protoplugin";
import { createValidator } from "@bufbuild/protovalidate";
import { checkCaches } from "../catalogue/cache.ts";
import { checkCallers } from "../catalogue/callers.ts";
import { checkErrors } from "../catalogue/error.ts";
import { checkEvents } from "../catalogue/event.ts";
import { checkFeeds } from "../catalogue/feed.ts";
import { checkFiles } from "../catalogue/files.ts";
import { checkRoutes } from "../catalogue/http-check.ts";
import { checkJobs } from "../catalogue/job.ts";
import { checkJsonNames } from "../catalogue/json-names.ts";
import { checkMethods } from "../catalogue/method.ts";
import { MeshOptions } from "../catalogue/options.ts";
import { checkOwners } from "../catalogue/owner.ts";
import { checkRateLimits } from "../catalogue/rate-limit.ts";
import { checkResume } from "../catalogue/resume.ts";
import { checkRoles } from "../catalogue/roles.ts";
import { checkServices } from "../catalogue/service.ts";
import { ServiceNames } from "../catalogue/service-name.ts";
import { checkShare } from "../catalogue/share.ts";
import { checkTimestamps } from "../catalogue/timestamps.ts";
import { addExtensions } from "../extensions.ts";
import { filesToGenerate } from "../files.ts";
import { takeMarks } from "../mark.ts";
import { ContractError } from "../problem.ts";
import { shareVerdicts, type Verdicts } from "../schema/needed.ts";
import { unsupported } from "../supported.ts";
import type { LinkedContracts } from "../ts-proto/contracts.ts";
import { generateBarrels } from "./barrel.ts";
import { generateCelTypes } from "./cel-types.ts";
import { generateDescriptors } from "./descriptors.ts";
import { generateErrors } from "./errors.ts";
import { generateEventIndex } from "./event-index.ts";
import { generateEvents } from "./events.ts";
import type { Generation } from "./generation.ts";
import { generateJobs } from "./jobs.ts";
import { generateJsonSchemas } from "./json-schemas.ts";
import { generateMessages } from "./messages.ts";
import { generateOpenApi } from "./openapi.ts";
import { generateRoles } from "./roles.ts";
import { generateSchemas } from "./schemas.ts";
import { generateServiceIndex } from "./service-index.ts";
import { generateServices } from "./services.ts";
import { sourceMap } from "./source-map.ts";

const name = "protoc-gen-mesh";
const version = "v0.1.0";

/**
 * The plugin that generates schemas, services, events and errors, beside the types from ts-proto.
 *
 * Option `sources`: the path from the output to the folder of the contracts, for go-to-definition. Option `others`,
 * which may be repeated: a package whose contracts are not ours, with the packages below it, so that its services can't
 * be named; `*` means all packages.
 */
export const meshPlugin: Plugin = { name, version, run: (request) => runMeshPlugin(request, "all") };

/**
 * A part of a generation: `files` is the code of the requested files alone, which are whole packages, `openapi` the document
 * of their routes, `tree` what is made from all files together, with the checks that compare files.
 */
export type Part = "all" | "files" | "openapi" | "tree";

/** What a run of the plugin shares with others. */
export interface MeshContext {
  /** The verdicts on rules of other runs, for contracts that define the same rules. */
  readonly verdicts?: Verdicts;
  /** Receives the linked descriptors. */
  readonly keep?: (contracts: LinkedContracts) => void;
}

/** Runs the plugin for a part of a generation. */
export function runMeshPlugin(
  request: CodeGeneratorRequest,
  part: Part,
  context: MeshContext = {},
): CodeGeneratorResponse {
  const { sources, others } = parametersOf(request.parameter);
  const folder = sources.replace(/^(\.\.\/)*/, "");
  const isForeign = (name: string) => others.some((other) => other === "*" || `${name}.`.startsWith(`${other}.`));
  // Prints the code and the types of a module together, both as JavaScript, so that they can't differ.
  const generateJs = (schema: Schema) => generate(schema, { folder, isForeign, part, ...context });
  const inner = createEcmaScriptPlugin({ name, version, generateTs: () => undefined, generateJs });
  const response = inner.run({ ...request, parameter: "target=js,import_extension=js" });
  return { ...response, file: response.file.flatMap((file) => withSourceMap(file, sources)) };
}

function parametersOf(parameter: string): { readonly sources: string; readonly others: readonly string[] } {
  const entries = parameter.split(",").map((entry) => entry.split("=", 2) as [string, string?]);
  const values = (key: string) => entries.flatMap(([name, value = ""]) => (name === key ? [value] : []));
  return { sources: values("sources")[0] ?? "", others: values("others") };
}

interface Settings extends MeshContext {
  readonly folder: string;
  readonly isForeign: (packageName: string) => boolean;
  readonly part: Part;
}

function generate(schema: Schema, { folder, isForeign, part, verdicts, keep }: Settings): void {
  addExtensions(schema.allFiles);
  const registry = createRegistry(...schema.allFiles);
  const options = new MeshOptions(registry);
  const validator = createValidator({ registry, legacyRequired: true });
  if (verdicts) shareVerdicts(validator, verdicts);
  keep?.({ all: schema.allFiles, validator });
  // The code of a file depends on others of its package, such as one with its errors, also if these are not requested.
  const files = part === "files" ? schema.allFiles : filesToGenerate(schema.files, schema.allFiles);
  const includes = (wanted: Part) => part === "all" || part === wanted;
  const problems = includes("tree") ? unsupported(files) : [];
  const names = new ServiceNames(files, options);
  const generation = { schema, files, options, names, validator, problems };
  if (includes("tree")) checkTree(generation, isForeign);
  if (includes("files")) generateFiles(part === "files" ? schema.files : files, generation);
  if (includes("tree")) generateTree(generation);
  if (includes("openapi")) generateOpenApi(generation);
  if (problems.length > 0) throw new ContractError(problems, folder);
}

function checkTree({ files, options, names, problems }: Generation, isForeign: Settings["isForeign"]): void {
  checkServices(files, { options, names, isForeign }, problems);
  checkFeeds(files, { options, names }, problems);
  const ofMethods = [
    checkMethods,
    checkCallers,
    checkResume,
    checkShare,
    checkFiles,
    checkOwners,
    checkRateLimits,
    checkCaches,
  ];
  const checkOptions = [checkEvents, checkJobs, checkErrors, checkRoles, ...ofMethods];
  for (const check of [...checkOptions, checkRoutes, checkJsonNames, checkTimestamps]) check(files, options, problems);
}

function generateTree(generation: Generation): void {
  generateBarrels(generation);
  generateDescriptors(generation);
  generateServiceIndex(generation);
  generateEventIndex(generation);
  generateRoles(generation);
}

function generateFiles(files: readonly DescFile[], generation: Generation): void {
  for (const file of files) generateFile(file, generation);
  generateJsonSchemas(files, generation);
}

function generateFile(file: DescFile, generation: Generation): void {
  generateSchemas(file, generation);
  generateCelTypes(file, generation);
  generateMessages(file, generation);
  generateErrors(file, generation);
  generateEvents(file, generation);
  generateJobs(file, generation);
  generateServices(file, generation);
}

/** Moves the marks of a declaration file to a source map beside it. */
function withSourceMap(file: CodeGeneratorResponse_File, sources: string): CodeGeneratorResponse_File[] {
  const { text, marks } = takeMarks(file.content);
  if (marks.length === 0) return [file];
  const base = file.name.split("/").at(-1) ?? file.name;
  const up = "../".repeat(file.name.split("/").length - 1);
  const map = sourceMap(base, marks, (source) => `${up}${sources}/${source}`);
  const content = `${text}//# sourceMappingURL=${base}.map\n`;
  return [{ ...file, content }, create(CodeGeneratorResponse_FileSchema, { name: `${file.name}.map`, content: map })];
}
