import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { checkFree, moduleOf } from "../contract/contracts.ts";
import { appendAfter, appendToFile, importing, pathOf } from "../contract/place.ts";
import { optionsProto, printMessage, shortText, validateProto } from "../contract/print.ts";
import type { Edit } from "../draft.ts";
import { camelCase, lowerFirst, snakeCase } from "../names.ts";
import { Refusal } from "../refusal.ts";
import { append, constant, importName, parse, property } from "../source/module.ts";
import { checkStore, findServiceFile } from "../source/service-file.ts";
import type { Plan, Workshop } from "./plan.ts";
import { checkRpc, nextSteps, writeRpc } from "./rpc.ts";

/** What is known of a new event. */
interface NewEvent {
  readonly name: string;
  /** Its key, as in the contract and as in TypeScript. */
  readonly field: string;
  readonly key: string;
  readonly module: string;
}

/** Adds an event; with an RPC that publishes it, and with a service that handles it, if they are asked for. */
export async function planEvent(workshop: Workshop): Promise<Plan> {
  const { draft, contracts, answers } = workshop;
  const { service: folder = "", name = "", key = "", rpc = "", consumer = "" } = answers;
  const service = contracts.serviceOf(folder);
  checkFree(contracts, service.file, name);
  const file = await findServiceFile(draft.root, folder, service.name);
  await checkStore(draft.root, folder, file);
  const event = { name, field: key, key: camelCase(key), module: moduleOf(service.file) };
  const next = rpc ? await publishing(workshop, service, event) : [publishLine(event)];
  await writeEvent(workshop, service, event);
  if (consumer) next.push(await handling(workshop, consumer, event));
  return { next };
}

async function writeEvent({ draft }: Workshop, { file }: DescService, { name, field }: NewEvent): Promise<void> {
  const path = pathOf(file);
  const text = await draft.read(path);
  const subject = `${file.proto.package}.${snakeCase(name)}`;
  const option = `  option (mesh.v1.event) = {\n    subject: "${subject}"\n    key: "${field}"\n  };\n`;
  const rules = { name: field, comment: "What it happened to.", rules: shortText };
  draft.edit(path, ...importing(text, file, [validateProto, optionsProto]));
  draft.edit(path, behindMessages(text, file, printMessage(name, `${name} happened.`, rules, option)));
}

/** Behind the last message, so before the errors where these are the last. */
function behindMessages(text: string, file: DescService["file"], lines: string): Edit {
  const last = file.messages.at(-1);
  return last ? appendAfter(text, last, lines) : appendToFile(text, lines);
}

const publishLine = ({ name, key }: NewEvent) =>
  `publish it where it happens: await db.transaction((tx) => tx.publish(${name}, { ${key} }))`;

/** Adds an RPC that publishes the event. */
async function publishing(workshop: Workshop, service: DescService, event: NewEvent): Promise<string[]> {
  const { draft, answers } = workshop;
  const { rpc: name = "", service: folder = "", gateway = "" } = answers;
  checkRpc(workshop, service, name);
  const field = { name: event.field, comment: `What ${event.name} is told of.`, rules: shortText };
  const request = printMessage(`${name}Request`, `What ${name} is sent.`, field);
  const response = printMessage(`${name}Response`, `Says that ${event.name} will be told.`);
  const what = { name, kind: "mutation", comment: `Publishes ${event.name}.`, gateway } as const;
  const rpc = await writeRpc(workshop, service, what, `${request}\n${response}`);
  const file = await findServiceFile(draft.root, folder, service.name);
  const body = `await db.transaction((tx) => tx.publish(${event.name}, { ${event.key} }));\n      return {};`;
  const handler = `\n\n    async ${lowerFirst(name)}({ ${event.key} }, { db }) {\n      ${body}\n    }`;
  draft.edit(file.source.path, append(file.source, file.handlers, handler));
  draft.edit(file.source.path, ...importName(file.source, event.module, event.name));
  return nextSteps(workshop, service, rpc, file);
}

/** Lets a service handle the event: by a line in its log, until somebody writes more. */
async function handling({ draft, contracts }: Workshop, folder: string, event: NewEvent): Promise<string> {
  const definition = contracts.serviceOf(folder).name;
  const file = await findServiceFile(draft.root, folder, definition);
  await checkStore(draft.root, folder, file);
  const path = `services/${folder}/src/events.ts`;
  const consumer = [
    `on(${event.name}, async ({ ${event.key} }, { log }: { log: Logger }) => {`,
    `  log.info({ ${event.key} }, "${event.name}");`,
    "})",
  ].join("\n");
  if (existsSync(join(draft.root, path))) await addConsumer(draft, path, event, consumer);
  else createConsumers(draft, path, folder, event, consumer);
  if (!property(file.options, "consumers")) {
    draft.edit(file.source.path, ...importName(file.source, "./events.ts", "consumers"));
    draft.edit(file.source.path, append(file.source, file.options, "consumers"));
  }
  return `say in ${path} what ${folder} makes of it: its tx belongs to the event`;
}

async function addConsumer(draft: Workshop["draft"], path: string, event: NewEvent, consumer: string): Promise<void> {
  const source = parse(path, await draft.read(path));
  const list = constant(source, "consumers");
  if (list?.type !== "ArrayExpression") {
    throw new Refusal(`${path}: there is no list "consumers" to add to: add this to what it has instead:\n${consumer}`);
  }
  draft.edit(path, append(source, list, consumer));
  draft.edit(path, ...importName(source, event.module, event.name));
  draft.edit(path, ...importName(source, "@mesh/service", "on"));
  // A type may stand among the values.
  if (!/\bLogger\b/.test(source.text)) draft.edit(path, ...importName(source, "@mesh/service", "type Logger"));
}

function createConsumers(
  draft: Workshop["draft"],
  path: string,
  folder: string,
  event: NewEvent,
  consumer: string,
): void {
  const imports = [
    `import { ${event.name} } from "${event.module}";`,
    'import { type Logger, on } from "@mesh/service";',
  ];
  const text = `/** What ${folder} makes of events. */\nexport const consumers = [${consumer}];\n`;
  draft.create(path, `${imports.join("\n")}\n\n${text}`);
}
