import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { createImportSymbol, type GeneratedFile, type Printable } from "@bufbuild/protoplugin";
import { procedureKind } from "../catalogue/method.ts";
import type { MeshOptions } from "../catalogue/options.ts";
import { commentOf } from "../comment.ts";
import { methodName } from "../names.ts";
import { documentation, property } from "../printing.ts";
import { inputName } from "../schema/input-type.ts";
import { mark } from "./mark.ts";
import { outputName } from "./messages.ts";

const contracts = "@mesh/contracts";

/**
 * The types of a service, each written out: a type that is computed from the definition takes the compiler many times
 * as long, and drops what the .proto says of the method.
 */
export function printServiceTypes(dts: GeneratedFile, service: DescService, options: MeshOptions): void {
  const { name } = service;
  dts.print("/** The functions that implement ", name, ", called with a context of type C. */");
  dts.print("export interface ", name, "Handlers<C> {\n", service.methods.map(handler), "}\n");
  dts.print("/** The functions that call ", name, ". */");
  dts.print("export interface ", name, "Client {\n", service.methods.map(clientFunction), "}\n");
  dts.print("/** What the gateway exposes of ", name, ". A type: tRPC's routers take no interface. */");
  const procedures = service.methods.map((method) => procedure(method, options));
  dts.print("export type ", name, "Procedures = {\n", procedures, "};\n");
  printTypes(dts, name);
}

function printTypes(dts: GeneratedFile, name: string): void {
  const types = createImportSymbol("ServiceTypes", contracts, true);
  dts.print("/** The types that ", name, " is known by. */");
  dts.print("export interface ", name, "Types extends ", types, " {");
  dts.print("  readonly handlers: ", name, 'Handlers<this["context"]>;');
  dts.print("  readonly client: ", name, "Client;");
  dts.print("  readonly procedures: ", name, "Procedures;");
  dts.print("}\n");
}

function handler(method: DescMethod): Printable {
  const request = method.methodKind.match(/client|bidi/) ? stream(outputName(method.input)) : outputName(method.input);
  return [head(method), "(request: ", request, ", context: C): ", answer(method), ";\n"];
}

function clientFunction(method: DescMethod): Printable {
  const options = createImportSymbol("CallOptions", contracts, true);
  const request = method.methodKind.match(/client|bidi/) ? stream(inputName(method.input)) : inputName(method.input);
  return [head(method), "(request: ", request, ", options?: ", options, "): ", answer(method), ";\n"];
}

function procedure(method: DescMethod, options: MeshOptions): Printable {
  const kind = procedureKind(method, options);
  if (!kind) return [];
  const type = createImportSymbol(`TRPC${kind}Procedure`, "@trpc/server", true);
  const meta = createImportSymbol("ProcedureMeta", contracts, true);
  const shape = createImportSymbol("MeshErrorShape", contracts, true);
  const output = outputName(method.output);
  const given = kind === "Subscription" ? ["AsyncIterable<", output, ", void, unknown>"] : output;
  const facts = ["input: ", inputName(method.input), "; output: ", given, "; meta: ", meta, "; errorShape: ", shape];
  return [head(method), ": ", type, "<{ ", facts, " }>;\n"];
}

/** What each member begins with: its documentation and its name, which leads to the `rpc` line. */
function head(method: DescMethod): Printable {
  return [documentation(commentOf(method), "  "), "  ", mark(method), property(methodName(method))];
}

function answer(method: DescMethod): Printable {
  const output = outputName(method.output);
  return method.methodKind.match(/server|bidi/) ? stream(output) : ["Promise<", output, ">"];
}

function stream(type: Printable): Printable {
  return ["AsyncIterable<", type, ">"];
}
