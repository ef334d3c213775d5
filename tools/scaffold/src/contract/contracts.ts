import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createFileRegistry,
  type DescEnum,
  type DescFile,
  type DescMessage,
  type DescMethod,
  type DescService,
  type FileRegistry,
  fromBinary,
  hasExtension,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import { GeneratorError } from "../generator-error.ts";
import { runTool } from "../run.ts";
import { locationOf } from "./location.ts";

/** The compiled contracts of a repository. */
export interface Contracts {
  readonly registry: FileRegistry;
  /** Finds the service that a folder in services/ implements. @throws GeneratorError if there is none, or more than one */
  serviceOf(folder: string): Promise<DescService>;
  /** Finds an event by its name, such as `OrderPlaced`, or its full name. @throws GeneratorError if there is none, or several */
  eventNamed(name: string): ContractEvent;
}

/** An event of the contracts. */
export interface ContractEvent {
  readonly message: DescMessage;
  readonly key: string;
  /** The names of the services that may consume it. Empty: any service may. */
  readonly consumers: readonly string[];
}

/** Compiles all contracts. @throws GeneratorError with the output of buf if they do not compile */
export async function readContracts(root: string): Promise<Contracts> {
  const { code, stdout, output } = await runTool(root, "@bufbuild/buf/bin/buf", ["build", "-o", "-"]);
  if (code !== 0) throw new GeneratorError(`the contracts do not compile, fix them first:\n${output}`);
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, stdout));
  return {
    registry,
    serviceOf: (folder) => findService(root, registry, folder),
    eventNamed: (name) => findEvent(registry, name),
  };
}

function findEvent(registry: FileRegistry, name: string): ContractEvent {
  const events = eventsIn(registry);
  const found = events.filter(({ message }) => message.name === name || message.typeName === name);
  const [event] = found;
  if (event && found.length === 1) return event;
  const names = (event ? found : events).map(({ message }) => (event ? message.typeName : message.name)).join(", ");
  throw new GeneratorError(
    event
      ? `several events have the name ${name}: use one of ${names}`
      : `no contract has the event ${name}, only ${names}`,
  );
}

function eventsIn(registry: FileRegistry): ContractEvent[] {
  const options = new MeshOptions(registry);
  return [...registry].flatMap((type) => {
    const event = type.kind === "message" ? options.event(type) : undefined;
    if (type.kind !== "message" || !event) return [];
    return [{ message: type, key: event.key, consumers: event.consumers ?? [] }];
  });
}

async function findService(root: string, registry: FileRegistry, folder: string): Promise<DescService> {
  const sources = await sourcesOf(join(root, "services", folder, "src"));
  const all = [...registry].filter((type) => type.kind === "service");
  const found = all.filter((service) => sources.some((source) => implementsService(source, service)));
  const [service] = found;
  if (service && found.length === 1) return service;
  if (service) {
    const names = found.map(({ typeName }) => typeName).join(", ");
    throw new GeneratorError(`${folder} has more than one service, ${names}: add the code by hand`);
  }
  const folders = await namesIn(join(root, "services"));
  if (!folders.includes(folder)) {
    throw new GeneratorError(`services/ has no service "${folder}", only ${folders.sort().join(", ")}`);
  }
  throw new GeneratorError(
    `services/${folder}/src: found no service(…) of a contract: write the rpc and the function by hand, as the README describes`,
  );
}

function implementsService(source: string, { name, file }: DescService): boolean {
  return source.includes(`"${moduleOf(file)}"`) && new RegExp(`\\bservice(<[^(]*>)?\\(\\s*${name}\\b`).test(source);
}

async function sourcesOf(folder: string): Promise<string[]> {
  const sources = (await namesIn(folder)).filter((name) => /(?<!\.test|\.d)\.ts$/.test(name));
  return Promise.all(sources.map((name) => readFile(join(folder, name), "utf8")));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** Returns the module of a contract: `@mesh/contracts/orders/v1`. */
export function moduleOf({ proto }: DescFile): string {
  return `@mesh/contracts/${proto.package.replaceAll(".", "/")}`;
}

/** Finds the error enum in the package of a service. */
export function errorsOf({ registry }: Contracts, service: DescService): DescEnum | undefined {
  const option = registry.getExtension("mesh.v1.error");
  const enums = [...registry].filter((type) => type.kind === "enum");
  return enums.find(({ file, values }) => {
    if (file.proto.package !== service.file.proto.package || !option) return false;
    return values.some(({ proto }) => proto.options && hasExtension(proto.options, option));
  });
}

/** Returns true if a method has the option (mesh.v1.method). */
export function hasPolicy({ registry }: Contracts, { proto }: DescMethod): boolean {
  const option = registry.getExtension("mesh.v1.method");
  return Boolean(option && proto.options && hasExtension(proto.options, option));
}

/** Returns true if a method names an error enum. */
export function declaresErrors({ registry }: Contracts, method: DescMethod): boolean {
  return Boolean(new MeshOptions(registry).method(method)?.errors);
}

/** @throws GeneratorError if the package already declares this name */
export function checkFree({ registry }: Contracts, { proto }: DescFile, name: string): void {
  const other = registry.get(`${proto.package}.${name}`);
  if (!other || other.kind === "extension") return;
  throw new GeneratorError(`${locationOf(other)}: ${proto.package} already has ${name}: choose another name`);
}
