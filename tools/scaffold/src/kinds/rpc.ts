import type { DescService } from "@bufbuild/protobuf";
import { checkFree, errorsOf, moduleOf } from "../contract/contracts.ts";
import { appendAfter, appendTo, appendToFile, importing, pathOf, placeOf } from "../contract/place.ts";
import {
  type NewRpc,
  needsPolicy,
  optionsProto,
  printEcho,
  printRpc,
  type RpcKind,
  validateProto,
} from "../contract/print.ts";
import type { Edit } from "../draft.ts";
import { lowerFirst } from "../names.ts";
import { Refusal } from "../refusal.ts";
import { append } from "../source/module.ts";
import { findServiceFile, type ServiceFile } from "../source/service-file.ts";
import { expose } from "./expose.ts";
import type { Plan, Workshop } from "./plan.ts";

/** Adds an RPC that answers with the text it is sent. */
export async function planRpc(workshop: Workshop): Promise<Plan> {
  const { draft, contracts, answers } = workshop;
  const { service: folder = "", name = "", gateway = "", kind = "" } = answers;
  const service = contracts.serviceOf(folder);
  checkRpc(workshop, service, name);
  const file = await findServiceFile(draft.root, folder, service.name);
  const rpc = await writeRpc(workshop, service, {
    name,
    // One of the choices of the question.
    kind: kind as RpcKind,
    comment: "Answers with the text that it is sent.",
    gateway,
  });
  draft.edit(file.source.path, append(file.source, file.handlers, echoHandler(rpc)));
  return { next: await nextSteps(workshop, service, rpc, file) };
}

/** @throws Refusal where the service has an RPC of this name, or its package a message it would need */
export function checkRpc({ contracts }: Workshop, service: DescService, name: string): void {
  const same = service.methods.find((method) => method.name.toLowerCase() === name.toLowerCase());
  if (same) throw new Refusal(`${placeOf(same)}: ${service.name} has ${same.name} already: choose another name`);
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
  draft.edit(path, behindMessages(text, service, messages));
  return whole;
}

/** Behind the messages of the other RPCs, if they stand in the same file. */
function behindMessages(text: string, service: DescService, lines: string): Edit {
  const used = new Set(service.methods.flatMap(({ input, output }) => [input, output]));
  const last = service.file.messages.findLast((message) => used.has(message));
  return last ? appendAfter(text, last, lines) : appendToFile(text, lines);
}

function echoHandler({ name, kind }: NewRpc): string {
  const method = lowerFirst(name);
  if (kind === "stream") return `\n\n    async *${method}({ text }) {\n      yield { text };\n    }`;
  return `\n\n    async ${method}({ text }) {\n      return { text };\n    }`;
}

/** Lists the service at the gateway if it must be, and says where to go on. */
export async function nextSteps(
  workshop: Workshop,
  service: DescService,
  { name, gateway, kind }: NewRpc,
  { source }: ServiceFile,
): Promise<string[]> {
  const folder = service.file.proto.package.split(".", 1)[0] ?? "";
  const written = [`say in ${pathOf(service.file)} what ${name} takes and gives, and in ${source.path} what it does`];
  if (gateway === "nobody") return written;
  await expose(workshop.draft, folder, { definition: service.name, module: moduleOf(service.file) });
  const verb = { query: "query", mutation: "mutate", stream: "subscribe" }[kind];
  return [...written, `call it in the page: trpc.${folder}.${lowerFirst(name)}.${verb}({ … })`];
}
