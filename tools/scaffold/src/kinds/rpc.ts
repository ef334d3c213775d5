import type { DescService } from "@bufbuild/protobuf";
import { checkFree, errorsOf, moduleOf } from "../contract/contracts.ts";
import { appendAfter, appendTo, appendToFile, importing, locationOf, pathOf } from "../contract/location.ts";
import {
  type NewRpc,
  needsPolicy,
  optionsProto,
  printEcho,
  printRpc,
  type RpcKind,
  validateProto,
} from "../contract/print-rpc.ts";
import type { Edit } from "../draft.ts";
import { GeneratorError } from "../generator-error.ts";
import { lowerFirst } from "../names.ts";
import { append } from "../source/module.ts";
import { findServiceFile, type ServiceFile } from "../source/service-file.ts";
import { expose } from "./expose.ts";
import type { Plan, Workshop } from "./plan.ts";

/** Adds an RPC that returns the text of its request. */
export async function planRpc(workshop: Workshop): Promise<Plan> {
  const { draft, contracts, answers } = workshop;
  const { service: folder = "", name = "", gateway = "", kind = "" } = answers;
  const service = await contracts.serviceOf(folder);
  checkRpc(workshop, service, name);
  const file = await findServiceFile(draft.root, folder, service.name);
  const rpc = await writeRpc(workshop, service, {
    name,
    // The question allows only these.
    kind: kind as RpcKind,
    comment: "Returns the text of the request.",
    gateway,
  });
  draft.edit(file.source.path, append(file.source, file.handlers, echoHandler(rpc)));
  return { next: await nextSteps(workshop, service, rpc, file) };
}

/** @throws GeneratorError if the service already has an RPC of this name, or the package one of its messages */
export function checkRpc({ contracts }: Workshop, service: DescService, name: string): void {
  const same = service.methods.find((method) => method.name.toLowerCase() === name.toLowerCase());
  if (same)
    throw new GeneratorError(`${locationOf(same)}: ${service.name} already has ${same.name}: choose another name`);
  for (const end of ["Request", "Response"]) checkFree(contracts, service.file, `${name}${end}`);
}

/** Writes an RPC and its messages into the contract. */
export async function writeRpc(
  { draft, contracts }: Workshop,
  service: DescService,
  rpc: Omit<NewRpc, "errors">,
  messages = printEcho(rpc.name),
): Promise<NewRpc> {
  const path = pathOf(service.file);
  const text = await draft.read(path);
  const whole = { ...rpc, errors: errorsOf(contracts, service)?.name };
  const imports = [validateProto, ...(needsPolicy(whole) ? [optionsProto] : [])];
  draft.edit(path, ...importing(text, service.file, imports));
  draft.edit(path, appendTo(text, service, printRpc(whole)));
  draft.edit(path, afterMessages(text, service, messages));
  return whole;
}

/** Adds messages after those of the other RPCs, if they are in the same file. */
function afterMessages(text: string, service: DescService, lines: string): Edit {
  const used = new Set(service.methods.flatMap(({ input, output }) => [input, output]));
  const last = service.file.messages.findLast((message) => used.has(message));
  return last ? appendAfter(text, last, lines) : appendToFile(text, lines);
}

function echoHandler({ name, kind }: NewRpc): string {
  const method = lowerFirst(name);
  if (kind === "stream") return `\n\n    async *${method}({ text }) {\n      yield { text };\n    }`;
  return `\n\n    async ${method}({ text }) {\n      return { text };\n    }`;
}

/** Lists the service at the gateway if the RPC is exposed. Returns suggestions for the next steps. */
export async function nextSteps(
  workshop: Workshop,
  service: DescService,
  { name, gateway, kind }: NewRpc,
  { source }: ServiceFile,
): Promise<string[]> {
  const { service: folder = "" } = workshop.answers;
  const written = [`edit the messages of ${name} in ${pathOf(service.file)} and its function in ${source.path}`];
  if (gateway === "nobody") return written;
  await expose(workshop.draft, folder, { definition: service.name, module: moduleOf(service.file) });
  const verb = { query: "query", mutation: "mutate", stream: "subscribe" }[kind];
  return [...written, `call it in the frontend: trpc.${folder}.${lowerFirst(name)}.${verb}({ … })`];
}
