import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { type CatalogueJob, jobsOf } from "../catalogue/job.ts";
import { commentOf } from "../comment.ts";
import { mark } from "../mark.ts";
import { typeName } from "../names.ts";
import { documentation } from "../printing.ts";
import { inputName } from "../schema/input-type.ts";
import type { Generation } from "./generation.ts";
import { messageValue, outputName } from "./messages.ts";
import { declared, type Module, printHeader, startModule } from "./module.ts";

/** Generates `catalog.jobs.js`: a value for each job, with its payload, its result and how it is tried. */
export function generateJobs(file: DescFile, { schema, options }: Generation): void {
  const jobs = jobsOf(file, schema.allFiles, options);
  if (jobs.length === 0) return;
  const module = startModule(schema, `${file.name}.jobs`);
  printHeader(module, file);
  for (const job of jobs) printJob(module, job);
}

function jobValue(message: DescMessage): Printable {
  return declared(typeName(message), `${message.file.name}.jobs`);
}

function printJob({ js, dts }: Module, { message, result, timeoutMs, attempts, retryDelaySeconds }: CatalogueJob) {
  const name = jobValue(message);
  const define = createImportSymbol("defineJob", "@mesh/contracts");
  const definition = createImportSymbol("JobDefinition", "@mesh/contracts", true);
  const about = documentation(commentOf(message));
  const numbers = `timeoutMs: ${timeoutMs}, attempts: ${attempts}, retryDelaySeconds: ${retryDelaySeconds}`;
  js.print("export const ", name, " = /*@__PURE__*/ ", define, "(", messageValue(message), ", { result: ", [
    result ? messageValue(result) : "undefined",
    `, ${numbers} });`,
  ]);
  dts.print(about, "export type ", name, " = ", outputName(message), ";\n");
  dts.print(about, "export declare const ", mark(message), name, ": ", definition, "<", outputName(message), ", ", [
    inputName(message),
    ...(result ? [", ", outputName(result), ", ", inputName(result)] : []),
    ">;\n",
  ]);
}
