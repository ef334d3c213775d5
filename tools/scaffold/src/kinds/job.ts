import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { checkFree, moduleOf } from "../contract/contracts.ts";
import { appendAfter, appendToFile, importing, pathOf } from "../contract/location.ts";
import { optionsProto, printMessage, shortText, validateProto } from "../contract/print-rpc.ts";
import type { Draft } from "../draft.ts";
import { GeneratorError } from "../generator-error.ts";
import { lowerFirst } from "../names.ts";
import { append, constant, importName, parse, property } from "../source/module.ts";
import { findServiceFile, type ServiceFile } from "../source/service-file.ts";
import { jobTestFile } from "./job-test.ts";
import type { Plan, Workshop } from "./plan.ts";
import { checkRpc, nextSteps, writeRpc } from "./rpc.ts";

/** The parts of a new job. */
interface NewJob {
  readonly name: string;
  /** The folder of its service. */
  readonly folder: string;
  readonly module: string;
}

/** Adds a job with its handler and a test, and on request an RPC that enqueues it. */
export async function planJob(workshop: Workshop): Promise<Plan> {
  const { draft, contracts, answers } = workshop;
  const { service: folder = "", name = "", rpc = "" } = answers;
  const service = await contracts.serviceOf(folder);
  checkFree(contracts, service.file, name);
  const file = await findServiceFile(draft.root, folder, service.name);
  const job = { name, folder, module: moduleOf(service.file) };
  const isFirst = await addTable(draft, job, file);
  const next = rpc ? await addEnqueuer(workshop, service, job, file) : [enqueueLine(job)];
  await writeJob(draft, service, job);
  next.push(await addHandler(draft, job, file), ...(await addTest(draft, service, job, file)));
  if (!isFirst) return { next };
  return { links: true, migrates: { service: folder, name: "add_schedules" }, next };
}

async function writeJob(draft: Draft, { file }: DescService, { name }: NewJob): Promise<void> {
  const path = pathOf(file);
  const text = await draft.read(path);
  const option = "  option (mesh.v1.job) = {\n    timeout_ms: 60000\n    attempts: 5\n  };\n";
  const field = { name: "text", comment: "Any text.", rules: shortText };
  const message = printMessage(name, `The job ${name}.`, field, option);
  draft.edit(path, ...importing(text, file, [validateProto, optionsProto]));
  const last = file.messages.at(-1);
  draft.edit(path, last ? appendAfter(text, last, message) : appendToFile(text, message));
}

/** Adds the table that jobs need. Returns whether the service did not have it. @throws GeneratorError if it has no database */
async function addTable(draft: Draft, { folder }: NewJob, { options }: ServiceFile): Promise<boolean> {
  const path = `services/${folder}/src/schema.ts`;
  if (!property(options, "store") || !existsSync(join(draft.root, path))) {
    throw new GeneratorError(`services/${folder} has no database for jobs: add a store, as in services/payments`);
  }
  const schema = await draft.read(path);
  if (/\bschedules\b/.test(schema)) return false;
  const { program } = parse(path, schema);
  const at = program.body.findLast(({ type }) => type === "ImportDeclaration")?.end ?? 0;
  draft.edit(path, { start: at, end: at, text: '\n\nexport { schedules } from "@mesh/jobs/tables";\n' });
  await addDependency(draft, folder);
  return true;
}

async function addDependency(draft: Draft, folder: string): Promise<void> {
  const path = `services/${folder}/package.json`;
  const text = await draft.read(path);
  // npm writes this file.
  const all = JSON.parse(text) as { readonly dependencies?: Readonly<Record<string, string>> };
  const dependencies = Object.entries({ ...all.dependencies, "@mesh/jobs": "*" }).sort(([a], [b]) => (a < b ? -1 : 1));
  const changed = { ...all, dependencies: Object.fromEntries(dependencies) };
  draft.edit(path, { start: 0, end: text.length, text: `${JSON.stringify(changed, undefined, 2)}\n` });
}

/** Adds a handler that logs the job, as a start. */
async function addHandler(draft: Draft, { name, folder, module }: NewJob, file: ServiceFile): Promise<string> {
  const path = `services/${folder}/src/jobs.ts`;
  const handler = [
    `job(${name}, async ({ text }, { log }: { readonly log: Logger }) => {`,
    `  log.info({ text }, "${name}");`,
    "})",
  ].join("\n");
  if (existsSync(join(draft.root, path))) {
    const source = parse(path, await draft.read(path));
    const list = constant(source, "jobs");
    if (list?.type !== "ArrayExpression") {
      throw new GeneratorError(`${path}: found no list "jobs": add this by hand:\n${handler}`);
    }
    draft.edit(path, append(source, list, handler), ...importName(source, module, name));
    draft.edit(path, ...importName(source, "@mesh/service", "job"));
    if (!/\bLogger\b/.test(source.text)) draft.edit(path, ...importName(source, "@mesh/service", "type Logger"));
  } else {
    const imports = `import { ${name} } from "${module}";\nimport { job, type Logger } from "@mesh/service";\n`;
    draft.create(path, `${imports}\n/** The jobs of ${folder}. */\nexport const jobs = [${handler}];\n`);
  }
  if (!property(file.options, "jobs")) {
    draft.edit(file.source.path, ...importName(file.source, "./jobs.ts", "jobs"));
    draft.edit(file.source.path, append(file.source, file.options, "jobs"));
  }
  return `edit the handler in ${path}, and how often and how long it is tried in the contract`;
}

const enqueueLine = ({ name }: NewJob) =>
  `enqueue it in a transaction: await db.transaction((tx) => tx.enqueue(${name}, { text }))`;

/** Adds an RPC that enqueues the job and returns its id. */
async function addEnqueuer(workshop: Workshop, service: DescService, job: NewJob, file: ServiceFile) {
  const { draft, answers } = workshop;
  const { rpc: name = "", gateway = "" } = answers;
  checkRpc(workshop, service, name);
  const text = { name: "text", comment: "Any text.", rules: shortText };
  const request = printMessage(`${name}Request`, `The request of ${name}.`, text);
  const id = { name: "id", comment: "The id of the job.", rules: "    uuid: true" };
  const response = printMessage(`${name}Response`, `The response of ${name}.`, id);
  const what = { name, kind: "mutation", comment: `Enqueues ${job.name}.`, gateway } as const;
  const rpc = await writeRpc(workshop, service, what, `${request}\n${response}`);
  const body = `const id = await db.transaction((tx) => tx.enqueue(${job.name}, { text }));\n      return { id };`;
  const handler = `\n\n    async ${lowerFirst(name)}({ text }, { db }) {\n      ${body}\n    }`;
  draft.edit(file.source.path, append(file.source, file.handlers, handler));
  draft.edit(file.source.path, ...importName(file.source, job.module, job.name));
  return nextSteps(workshop, service, rpc, file);
}

/** Adds the test of the first job. Those of others are left to the developer, because it may have been edited. */
async function addTest(draft: Draft, service: DescService, job: NewJob, { source }: ServiceFile): Promise<string[]> {
  const { name, folder, module } = job;
  const path = `services/${folder}/src/jobs.test.ts`;
  if (existsSync(join(draft.root, path))) return [`test it in ${path}: await service.runJob(${name}, { text: "Ada" })`];
  const exported = /export const (\w+) = service\(/.exec(source.text)?.[1];
  const code = source.path.split("/").at(-1) ?? "service.ts";
  if (!exported) return [`write a test: await service.runJob(${name}, { text: "Ada" })`];
  draft.create(path, jobTestFile({ name, module, definition: service.name, service: exported, code }));
  return [`test it: npm test -- services/${folder}`];
}
