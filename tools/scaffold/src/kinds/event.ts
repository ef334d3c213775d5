import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { checkFree, moduleOf } from "../contract/contracts.ts";
import { appendAfter, appendToFile, importing, pathOf } from "../contract/location.ts";
import { optionsProto, printMessage, shortText, validateProto } from "../contract/print-rpc.ts";
import type { Edit } from "../draft.ts";
import { GeneratorError } from "../generator-error.ts";
import { camelCase, lowerFirst, snakeCase } from "../names.ts";
import { append, constant, importName, parse, property } from "../source/module.ts";
import { checkStore, findServiceFile } from "../source/service-file.ts";
import type { Plan, Workshop } from "./plan.ts";
import { checkRpc, nextSteps, writeRpc } from "./rpc.ts";

/** The parts of a new event. */
interface NewEvent {
  readonly name: string;
  /** The key field, in the contract and in TypeScript. */
  readonly field: string;
  readonly key: string;
  readonly module: string;
}

/** Adds an event, and on request an RPC that publishes it and a service that consumes it. */
export async function planEvent(workshop: Workshop): Promise<Plan> {
  const { draft, contracts, answers } = workshop;
  const { service: folder = "", name = "", key = "", rpc = "", consumer = "" } = answers;
  const service = await contracts.serviceOf(folder);
  checkFree(contracts, service.file, name);
  const file = await findServiceFile(draft.root, folder, service.name);
  await checkStore(draft.root, folder, file);
  const event = { name, field: key, key: camelCase(key), module: moduleOf(service.file) };
  const next = rpc ? await addPublisher(workshop, service, event) : [publishLine(event)];
  await writeEvent(workshop, service, event);
  if (consumer) next.push(await addConsumer(workshop, consumer, event));
  return { next };
}

async function writeEvent({ draft }: Workshop, { file }: DescService, { name, field }: NewEvent): Promise<void> {
  const path = pathOf(file);
  const text = await draft.read(path);
  const subject = `${file.proto.package}.${snakeCase(name)}`;
  const option = `  option (mesh.v1.event) = {\n    subject: "${subject}"\n    key: "${field}"\n  };\n`;
  const rules = { name: field, comment: "The id of the subject.", rules: shortText };
  draft.edit(path, ...importing(text, file, [validateProto, optionsProto]));
  draft.edit(path, afterMessages(text, file, printMessage(name, `The event ${name}.`, rules, option)));
}

/** Adds text after the last message, so that errors can stay at the end of the file. */
function afterMessages(text: string, file: DescService["file"], lines: string): Edit {
  const last = file.messages.at(-1);
  return last ? appendAfter(text, last, lines) : appendToFile(text, lines);
}

const publishLine = ({ name, key }: NewEvent) =>
  `publish it in a transaction: await db.transaction((tx) => tx.publish(${name}, { ${key} }))`;

/** Adds an RPC that publishes the event. */
async function addPublisher(workshop: Workshop, service: DescService, event: NewEvent): Promise<string[]> {
  const { draft, answers } = workshop;
  const { rpc: name = "", service: folder = "", gateway = "" } = answers;
  checkRpc(workshop, service, name);
  const field = { name: event.field, comment: `The key of ${event.name}.`, rules: shortText };
  const request = printMessage(`${name}Request`, `The request of ${name}.`, field);
  const response = printMessage(`${name}Response`, `Confirms that ${event.name} will be published.`);
  const what = { name, kind: "mutation", comment: `Publishes ${event.name}.`, gateway } as const;
  const rpc = await writeRpc(workshop, service, what, `${request}\n${response}`);
  const file = await findServiceFile(draft.root, folder, service.name);
  const body = `await db.transaction((tx) => tx.publish(${event.name}, { ${event.key} }));\n      return {};`;
  const handler = `\n\n    async ${lowerFirst(name)}({ ${event.key} }, { db }) {\n      ${body}\n    }`;
  draft.edit(file.source.path, append(file.source, file.handlers, handler));
  draft.edit(file.source.path, ...importName(file.source, event.module, event.name));
  return nextSteps(workshop, service, rpc, file);
}

/** Adds a consumer that logs the event, as a start. */
async function addConsumer({ draft, contracts }: Workshop, folder: string, event: NewEvent): Promise<string> {
  const definition = (await contracts.serviceOf(folder)).name;
  const file = await findServiceFile(draft.root, folder, definition);
  await checkStore(draft.root, folder, file);
  const path = `services/${folder}/src/events.ts`;
  const consumer = [
    `on(${event.name}, async ({ ${event.key} }, { log }: { log: Logger }) => {`,
    `  log.info({ ${event.key} }, "${event.name}");`,
    "})",
  ].join("\n");
  if (existsSync(join(draft.root, path))) await extendConsumers(draft, path, event, consumer);
  else createConsumers(draft, path, folder, event, consumer);
  if (!property(file.options, "consumers")) {
    draft.edit(file.source.path, ...importName(file.source, "./events.ts", "consumers"));
    draft.edit(file.source.path, append(file.source, file.options, "consumers"));
  }
  return `edit the consumer in ${path}: its tx commits together with the event`;
}

async function extendConsumers(
  draft: Workshop["draft"],
  path: string,
  event: NewEvent,
  consumer: string,
): Promise<void> {
  const source = parse(path, await draft.read(path));
  const list = constant(source, "consumers");
  if (list?.type !== "ArrayExpression") {
    throw new GeneratorError(`${path}: found no list "consumers": add this by hand:\n${consumer}`);
  }
  draft.edit(path, append(source, list, consumer));
  draft.edit(path, ...importName(source, event.module, event.name));
  draft.edit(path, ...importName(source, "@mesh/service", "on"));
  // A type can be imported together with values.
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
  const text = `/** The events that ${folder} consumes. */\nexport const consumers = [${consumer}];\n`;
  draft.create(path, `${imports.join("\n")}\n\n${text}`);
}
