import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { createImportSymbol, type GeneratedFile, type Printable } from "@bufbuild/protoplugin";
import { type CatalogueFeed, feedsOf } from "../catalogue/feed.ts";
import { errorEnumOf, procedureKind } from "../catalogue/method.ts";
import { resumeOf } from "../catalogue/resume.ts";
import { commentOf } from "../comment.ts";
import { mark } from "../mark.ts";
import { methodName, serviceIdentifier } from "../names.ts";
import { documentation, property } from "../printing.ts";
import { inputName } from "../schema/input-type.ts";
import { errorsType } from "./errors.ts";
import type { Generation } from "./generation.ts";
import { outputName } from "./messages.ts";
import { declared } from "./module.ts";

const contracts = "@mesh/contracts";

/**
 * Prints the types of a service in full. A type that is computed from the definition takes the compiler many times as
 * long, and loses the comments of the .proto.
 */
export function printServiceTypes(dts: GeneratedFile, service: DescService, generation: Generation): void {
  const { methods } = service;
  const name = serviceIdentifier(service);
  const own = (suffix: string) => declared(name + suffix, `${service.file.name}.services`);
  dts.print("/** The functions that implement ", name, ", called with a context of type C. */");
  dts.print("export interface ", own("Handlers"), "<C> {\n", methods.map(handler), "}\n");
  dts.print("/** The functions that call ", name, ". */");
  dts.print("export interface ", own("Client"), " {\n", methods.map(clientFunction), "}\n");
  dts.print(
    "/** The procedures of ",
    name,
    " at the gateway. A type alias, because tRPC's routers accept no interface. */",
  );
  const { files, options, names } = generation;
  const feeds = feedsOf(service, files, options, names).map((feed) => feedProcedure(feed, service));
  const procedures = [...methods.map((method) => procedure(method, generation)), ...feeds];
  dts.print("export type ", own("Procedures"), " = {\n", procedures, "};\n");
  dts.print("/** The types of ", name, ". */");
  dts.print("export interface ", own("Types"), " extends ", createImportSymbol("ServiceTypes", contracts, true), " {");
  dts.print("  readonly handlers: ", own("Handlers"), '<this["context"]>;');
  dts.print("  readonly client: ", own("Client"), ";");
  dts.print("  readonly procedures: ", own("Procedures"), ";");
  dts.print("}\n");
}

function handler(method: DescMethod): Printable {
  const request = method.methodKind.match(/client|bidi/)
    ? stream(outputName(method.input), method)
    : outputName(method.input);
  return [head(method), "(request: ", request, ", context: C): ", answer(method), ";\n"];
}

function clientFunction(method: DescMethod): Printable {
  const options = createImportSymbol("CallOptions", contracts, true);
  const request = method.methodKind.match(/client|bidi/)
    ? stream(inputName(method.input), method)
    : inputName(method.input);
  return [head(method), "(request: ", request, ", options?: ", options, "): ", answer(method), ";\n"];
}

function procedure(method: DescMethod, generation: Generation): Printable {
  const kind = procedureKind(method, generation.options);
  if (!kind) return [];
  const type = createImportSymbol(`TRPC${kind}Procedure`, "@trpc/server", true);
  const meta = createImportSymbol("ProcedureMeta", contracts, true);
  const isTracked = resumeOf(method, generation.options) !== undefined;
  const input = isTracked ? wrapped("Resumable", inputName(method.input)) : inputName(method.input);
  const message = isTracked ? wrapped("Tracked", outputName(method.output)) : outputName(method.output);
  const output =
    kind === "Subscription" ? [builtIn("AsyncIterable", method), "<", message, ", void, unknown>"] : message;
  const parts = ["input: ", input, "; output: ", output, "; meta: ", meta, "; errorShape: "];
  return [head(method), ": ", type, "<{ ", parts, errorShape(method, generation), " }>;\n"];
}

/** Returns the procedure of a feed, which is linked to the event. */
function feedProcedure({ message, name }: CatalogueFeed, { file }: DescService): Printable {
  const type = createImportSymbol("TRPCSubscriptionProcedure", "@trpc/server", true);
  const [request, meta, error] = ["FeedRequest", "ProcedureMeta", "FeedErrorShape"].map((one) =>
    createImportSymbol(one, contracts, true),
  );
  const given = wrapped("Tracked", wrapped("FeedMessage", outputName(message)));
  const output = [declared("AsyncIterable", `${file.name}.services`), "<", given, ", void, unknown>"];
  const parts = [
    "input: ",
    request ?? "",
    " | void; output: ",
    output,
    "; meta: ",
    meta ?? "",
    "; errorShape: ",
    error ?? "",
  ];
  return [
    documentation(commentOf(message), "  "),
    "  ",
    mark(message),
    property(name),
    ": ",
    type,
    "<{ ",
    parts,
    " }>;\n",
  ];
}

/** Returns a type of @mesh/contracts with a parameter. */
function wrapped(name: string, type: Printable): Printable {
  return [createImportSymbol(name, contracts, true), "<", type, ">"];
}

/** Returns the type of a procedure's errors: with the reasons that the method declares, or without any. */
function errorShape(method: DescMethod, { files, options }: Generation): Printable {
  const errors = errorEnumOf(method, files, options);
  if (errors) return errorsType(errors, "Shape");
  const none = createImportSymbol("NoErrorInfo", contracts, true);
  return [createImportSymbol("MeshErrorShape", contracts, true), "<", none, ">"];
}

/** Returns the start of a member: its documentation and its name, which is linked to the `rpc` line. */
function head(method: DescMethod): Printable {
  return [documentation(commentOf(method), "  "), "  ", mark(method), property(methodName(method))];
}

function answer(method: DescMethod): Printable {
  const output = outputName(method.output);
  return method.methodKind.match(/server|bidi/)
    ? stream(output, method)
    : [builtIn("Promise", method), "<", output, ">"];
}

function stream(type: Printable, method: DescMethod): Printable {
  return [builtIn("AsyncIterable", method), "<", type, ">"];
}

/** Returns a global type, treated as declared in this module, so that a message of that name gets another name here. */
function builtIn(name: string, method: DescMethod): Printable {
  return declared(name, `${method.parent.file.name}.services`);
}
