import type { DescEnum, DescMethod, DescService } from "@bufbuild/protobuf";
import { checkFree, declaresErrors, errorsOf, hasPolicy } from "../contract/contracts.ts";
import { appendTo, appendToFile, importing, locationOf, pathOf, spanOf } from "../contract/location.ts";
import { optionsProto } from "../contract/print-rpc.ts";
import type { Edit } from "../draft.ts";
import { GeneratorError } from "../generator-error.ts";
import { camelCase, listOf, snakeCase } from "../names.ts";
import type { Plan, Workshop } from "./plan.ts";

/** Adds a reason to the error enum of a service, which RPCs declare on request. Creates the enum if there is none. */
export async function planError(workshop: Workshop): Promise<Plan> {
  const { draft, contracts, answers } = workshop;
  const { service: folder = "", reason = "" } = answers;
  const service = await contracts.serviceOf(folder);
  const known = errorsOf(contracts, service);
  const name = known?.name ?? `${service.name.replace(/Service$/, "")}Error`;
  const path = pathOf(known?.file ?? service.file);
  const text = await draft.read(path);
  if (known) draft.edit(path, ...addReason(text, known, workshop));
  else draft.edit(path, ...createErrors(text, service, name, workshop));
  const declaring = askedMethods(service, answers).filter((method) => !declaresErrors(contracts, method));
  const servicePath = pathOf(service.file);
  const serviceText = await draft.read(servicePath);
  if (declaring.length > 0) draft.edit(servicePath, ...importing(serviceText, service.file, [optionsProto]));
  draft.edit(servicePath, ...declaring.map((method) => declareErrors(serviceText, method, name, workshop)));
  const keys = metadataOf(answers).map((entry) => camelCase(entry.replace(/:.*/, "")));
  const metadata = keys.length > 0 ? `{ ${keys.join(", ")} }` : "";
  return {
    ...(known ? { newReason: reason } : {}),
    next: [
      `throw it in a function: throw ${name}.${camelCase(reason)}(${metadata})`,
      ...(askedMethods(service, answers).length > 0
        ? []
        : [
            `declare it on each RPC that throws it, or callers get an internal error: (mesh.v1.method) = {errors: "${name}"}`,
          ]),
    ],
  };
}

/** Returns the RPCs that are to declare the errors. @throws GeneratorError if there is no such RPC */
function askedMethods({ name, methods }: DescService, { rpcs = "none" }: Workshop["answers"]): readonly DescMethod[] {
  if (rpcs === "none") return [];
  if (rpcs === "all") return methods;
  return listOf(rpcs).map((asked) => {
    const method = methods.find((one) => one.name === asked);
    if (method) return method;
    throw new GeneratorError(`${name} has no RPC ${asked}: use one of ${methods.map((one) => one.name).join(", ")}`);
  });
}

function addReason(text: string, errors: DescEnum, { answers }: Workshop): Edit[] {
  const value = valueName(errors.name, answers);
  const same = errors.values.find((other) => other.name === value);
  if (same) throw new GeneratorError(`${locationOf(same)}: ${errors.name} already has ${value}: choose another reason`);
  return [appendTo(text, errors, printReason(value, nextNumber(errors), answers))];
}

/** Returns the next number. Reserved numbers belonged to removed reasons, so they are not reused. */
function nextNumber({ values, proto }: DescEnum): number {
  const used = [...values.map(({ number }) => number), ...proto.reservedRange.map(({ end }) => end)];
  return Math.max(...used.filter((number) => number < 2 ** 31 - 1)) + 1;
}

function createErrors(text: string, service: DescService, name: string, workshop: Workshop): Edit[] {
  const { contracts, answers } = workshop;
  checkFree(contracts, service.file, name);
  const zero = `  // Unused.\n  ${valueName(name, { reason: "UNSPECIFIED" })} = 0;\n`;
  const first = printReason(valueName(name, answers), 1, answers);
  const folder = answers.service ?? "";
  const lines = `// The errors of ${folder}.\nenum ${name} {\n${zero}${first}}\n`;
  return [...importing(text, service.file, [optionsProto]), appendToFile(text, lines)];
}

/** Declares the errors of a method. */
function declareErrors(text: string, method: DescMethod, name: string, { contracts }: Workshop): Edit {
  const { start, end } = spanOf(text, method);
  const own = text.slice(start, end);
  const option = `    option (mesh.v1.method) = {errors: "${name}"};\n  `;
  if (own.endsWith(";")) return { start: end - 1, end, text: ` {\n${option}}` };
  if (!hasPolicy(contracts, method)) return { start: end - 1, end: end - 1, text: `  ${option.trimStart()}` };
  const close = closingOf(own);
  if (close < 0) {
    throw new GeneratorError(
      `${locationOf(method)}: add \`errors: "${name}"\` to the option of ${method.name} by hand first`,
    );
  }
  return { start: start + close, end: start + close, text: `  errors: "${name}"\n    ` };
}

/** Returns the offset of the closing brace of `option (mesh.v1.method) = { … };`. -1 if it has another form. */
function closingOf(method: string): number {
  const match = /option\s*\(\s*\.?mesh\.v1\.method\s*\)\s*=\s*\{/.exec(method);
  if (!match) return -1;
  let depth = 0;
  for (let at = match.index + match[0].length - 1; at < method.length; at++) {
    if (method[at] === "{") depth += 1;
    if (method[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function printReason(value: string, number: number, answers: Workshop["answers"]): string {
  const metadata = metadataOf(answers);
  const keys = metadata.map((key) => `"${key}"`).join(", ");
  const words = (answers.reason ?? "").toLowerCase().replaceAll("_", " ");
  const comment = `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
  const option = keys
    ? `{\n    code: CODE_${answers.code}\n    metadata: [${keys}]\n  }`
    : `{code: CODE_${answers.code}}`;
  return `  // ${comment}\n  ${value} = ${number} [(mesh.v1.error) = ${option}];\n`;
}

const metadataOf = ({ metadata = "" }: Workshop["answers"]) => listOf(metadata);

/** Returns the name of an enum value, which starts with the name of the enum: `ORDER_ERROR_OUT_OF_STOCK`. */
function valueName(enumName: string, { reason }: Workshop["answers"]): string {
  return `${snakeCase(enumName).toUpperCase()}_${reason}`;
}
