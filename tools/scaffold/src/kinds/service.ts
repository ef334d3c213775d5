import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { methodName } from "@mesh/codegen/names";
import { type Contracts, moduleOf } from "../contract/contracts.ts";
import { optionsProto, printEcho, printRpc, validateProto } from "../contract/print-rpc.ts";
import { GeneratorError } from "../generator-error.ts";
import { camelCase, listOf, lowerFirst, pascalCase, wrongResource } from "../names.ts";
import { expose } from "./expose.ts";
import type { Plan, Workshop } from "./plan.ts";
import { type ConsumedEvent, keysOf, type Peer, resourceOf } from "./resource.ts";
import { resourceContract } from "./resource-contract.ts";
import {
  resourceEventsFile,
  resourceSchemaFile,
  resourceServiceFile,
  resourceStoreFile,
  resourceTestFile,
} from "./resource-files.ts";
import { mainFile, type NewService, packageFile, serviceFile, testFile, tsconfigFile } from "./service-files.ts";
import { schemaFile, storeFile } from "./store-files.ts";

/** Creates a service: one that manages a resource, or one with a single RPC. */
export async function planService(workshop: Workshop): Promise<Plan> {
  const { name = "", rpc = "none" } = workshop.answers;
  checkNew(workshop.draft.root, name);
  return rpc === "none" ? planResource(workshop) : planSingle(workshop);
}

async function planResource({ draft, contracts, answers }: Workshop): Promise<Plan> {
  const { name = "", resource = "", exposed, consume = "none", peer = "none" } = answers;
  // One after the other, so that the error is that of the first one.
  const peers: Awaited<ReturnType<typeof peerOf>>[] = [];
  for (const one of peer === "none" ? [] : listOf(peer)) peers.push(await peerOf(contracts, one));
  const consumed = consume === "none" ? [] : listOf(consume).map((event) => consumedEvent(contracts, event, name));
  const isOpen = exposed === "yes";
  const parts = resourceOf({ name, resource: resource === "auto" ? "" : resource, isOpen }, { peers, consumed });
  const problem = wrongResource(parts.type);
  if (problem) throw new GeneratorError(`${problem}, with --resource`);
  const folder = `services/${name}`;
  draft.create(`proto/${name}/v1/${name}.proto`, resourceContract(parts));
  draft.create(`${folder}/package.json`, packageFile({ name, hasStore: true, hasPages: true }));
  draft.create(`${folder}/tsconfig.json`, tsconfigFile);
  draft.create(`${folder}/src/main.ts`, mainFile({ name }));
  draft.create(`${folder}/src/service.ts`, resourceServiceFile(parts));
  draft.create(`${folder}/src/service.test.ts`, resourceTestFile(parts));
  draft.create(`${folder}/src/schema.ts`, resourceSchemaFile(parts));
  draft.create(`${folder}/src/store.ts`, resourceStoreFile(parts));
  if (consumed.length > 0) draft.create(`${folder}/src/events.ts`, resourceEventsFile(parts));
  await expose(draft, name, { definition: parts.definition, module: `@mesh/contracts/${name}/v1` });
  const { many } = keysOf(parts);
  const next = [
    ...startAndTest(name),
    `edit the fields of ${parts.type} in proto/${name}/v1/${name}.proto and in ${folder}/src/schema.ts, then write a migration: npm run migration -- ${name} <change>`,
    ...peers.map((one) => `call ${one.name} in a function of the service: peers.${one.name}.…`),
    ...consumed.map((event) => `edit the consumer of ${event.name} in ${folder}/src/events.ts`),
    isOpen
      ? `list them: curl http://localhost:4000/v1/${name}, or trpc.${name}.list${parts.types}.query({}) in the frontend, which gives { ${many} }`
      : `choose the roles that have ${name}:read and ${name}:write: option (mesh.v1.package) in proto/${name}/v1/${name}.proto`,
  ];
  return { links: true, migrates: { service: name, name: "init" }, next };
}

async function peerOf(contracts: Contracts, folder: string): Promise<Peer> {
  const { name: definition, file, methods } = await contracts.serviceOf(folder);
  const name = folder.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { name, definition, module: moduleOf(file), functions: methods.map(methodName) };
}

/** @throws GeneratorError if the contract of the event does not list the service */
function consumedEvent(contracts: Contracts, name: string, service: string): ConsumedEvent {
  const { message, key, consumers } = contracts.eventNamed(name);
  if (consumers.length > 0 && !consumers.includes(service)) {
    const only = `only ${consumers.join(", ")} may consume ${message.name}`;
    throw new GeneratorError(`${only}: add "${service}" to its consumers in proto/${message.file.name}.proto first`);
  }
  return { name: message.name, key: camelCase(key), module: moduleOf(message.file) };
}

const startAndTest = (name: string) => [
  "start it with the others: npm start (a running mesh starts it automatically)",
  `test it: npm test -- services/${name}`,
];

/** Creates a service with one RPC. */
async function planSingle({ draft, answers }: Workshop): Promise<Plan> {
  const { name = "", rpc = "", database, exposed, consume = "none", peer = "none" } = answers;
  if (consume !== "none" || peer !== "none") {
    throw new GeneratorError("--consume and --peer are for a service with a resource: leave out --rpc");
  }
  const service = {
    name,
    rpc,
    method: lowerFirst(rpc),
    definition: `${pascalCase(name)}Service`,
    hasStore: database === "yes",
  };
  const folder = `services/${name}`;
  const isExposed = exposed === "yes";
  draft.create(`proto/${name}/v1/${name}.proto`, contract(service, isExposed));
  draft.create(`${folder}/package.json`, packageFile(service));
  draft.create(`${folder}/tsconfig.json`, tsconfigFile);
  draft.create(`${folder}/src/main.ts`, mainFile(service));
  draft.create(`${folder}/src/service.ts`, serviceFile(service));
  draft.create(`${folder}/src/service.test.ts`, testFile(service));
  if (service.hasStore) {
    draft.create(`${folder}/src/schema.ts`, schemaFile);
    draft.create(`${folder}/src/store.ts`, storeFile);
  }
  if (isExposed) await expose(draft, name, { definition: service.definition, module: `@mesh/contracts/${name}/v1` });
  const next = [
    ...startAndTest(name),
    ...(isExposed
      ? [`call it in the frontend: trpc.${name}.${service.method}.${service.hasStore ? "mutate" : "query"}({ … })`]
      : []),
  ];
  return { links: true, ...(service.hasStore && { migrates: { service: name, name: "init" } }), next };
}

function checkNew(root: string, name: string): void {
  for (const path of [`services/${name}`, `proto/${name}`, `shared/${name}`, `tools/${name}`]) {
    if (existsSync(join(root, path))) throw new GeneratorError(`${path} already exists: choose another name`);
  }
  if (!isPackage(root, name)) return;
  throw new GeneratorError(`"${name}" is an npm package in use, which the service would hide: choose another name`);
}

/** The lockfile of npm. */
interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly peerDependencies?: Readonly<Record<string, string>> }>>;
}

/**
 * Returns true if a package has this name, or is an optional peer that is not installed: npm would use the service as
 * this peer. Without a lockfile, only installed packages are known.
 */
function isPackage(root: string, name: string): boolean {
  const lockfile = join(root, "package-lock.json");
  if (!existsSync(lockfile)) return existsSync(join(root, "node_modules", name));
  // npm writes this file.
  const { packages } = JSON.parse(readFileSync(lockfile, "utf8")) as Lockfile;
  if (Object.hasOwn(packages, `node_modules/${name}`)) return true;
  return Object.values(packages).some(({ peerDependencies = {} }) => Object.hasOwn(peerDependencies, name));
}

function contract({ name, rpc, definition, hasStore }: NewService, isExposed: boolean): string {
  const imports = [validateProto, ...(isExposed ? [optionsProto] : [])];
  const comment = hasStore ? "Counts a text and returns it." : "Returns the text of the request.";
  const kind = hasStore ? "mutation" : "query";
  const line = printRpc({ name: rpc, kind, comment, gateway: isExposed ? "anyone" : "nobody", errors: undefined });
  return [
    `syntax = "proto3";\n\npackage ${name}.v1;\n`,
    `${imports.map((file) => `import "${file}";`).join("\n")}\n`,
    `// The service ${name}.\nservice ${definition} {\n${line}}\n`,
    printEcho(rpc),
  ].join("\n");
}
