import {
  createFileRegistry,
  type DescEnum,
  type DescFile,
  type DescMethod,
  type DescService,
  type FileRegistry,
  fromBinary,
  hasExtension,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { GeneratorError } from "../generator-error.ts";
import { runTool } from "../run.ts";
import { locationOf } from "./location.ts";

/** The compiled contracts of a repository. */
export interface Contracts {
  readonly registry: FileRegistry;
  /** Finds the service that a folder in services/ implements. @throws GeneratorError if there is none, or more than one */
  serviceOf(folder: string): DescService;
}

/** Compiles all contracts. @throws GeneratorError with the output of buf if they do not compile */
export async function readContracts(root: string): Promise<Contracts> {
  const { code, stdout, output } = await runTool(root, "@bufbuild/buf/bin/buf", ["build", "-o", "-"]);
  if (code !== 0) throw new GeneratorError(`the contracts do not compile, fix them first:\n${output}`);
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, stdout));
  return { registry, serviceOf: (folder) => findService(registry, folder) };
}

function findService(registry: FileRegistry, folder: string): DescService {
  const all = [...registry].filter((type) => type.kind === "service");
  const found = all.filter(({ file }) => file.proto.package.split(".", 1)[0] === folder);
  const [service] = found;
  if (service && found.length === 1) return service;
  if (service) {
    const names = found.map(({ typeName }) => typeName).join(", ");
    throw new GeneratorError(`${folder} has more than one service, ${names}: add the code by hand`);
  }
  const known = [...new Set(all.map(({ file }) => file.proto.package.split(".", 1)[0]))].sort().join(", ");
  throw new GeneratorError(`proto/ has no service "${folder}", only ${known}`);
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

/** @throws GeneratorError if the package already declares this name */
export function checkFree({ registry }: Contracts, { proto }: DescFile, name: string): void {
  const other = registry.get(`${proto.package}.${name}`);
  if (!other || other.kind === "extension") return;
  throw new GeneratorError(`${locationOf(other)}: ${proto.package} already has ${name}: choose another name`);
}
