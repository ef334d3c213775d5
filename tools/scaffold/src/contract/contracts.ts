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
import { Refusal } from "../refusal.ts";
import { runTool } from "../run.ts";
import { placeOf } from "./place.ts";

/** The contracts of a repository, as buf reads them. */
export interface Contracts {
  readonly registry: FileRegistry;
  /** The service that a folder in services/ implements. @throws Refusal where there is none, or more than one */
  serviceOf(folder: string): DescService;
}

/** Reads all contracts. @throws Refusal with what buf says where they are wrong */
export async function readContracts(root: string): Promise<Contracts> {
  const { code, stdout, said } = await runTool(root, "@bufbuild/buf/bin/buf", ["build", "-o", "-"]);
  if (code !== 0) throw new Refusal(`the contracts must be right before anything is added:\n${said}`);
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
    throw new Refusal(`${folder} has more than one service, ${names}: write it by hand`);
  }
  const known = [...new Set(all.map(({ file }) => file.proto.package.split(".", 1)[0]))].sort().join(", ");
  throw new Refusal(`there is no service "${folder}" in proto/: there are ${known}`);
}

/** What a contract's package is imported by: `@mesh/contracts/orders/v1`. */
export function moduleOf({ proto }: DescFile): string {
  return `@mesh/contracts/${proto.package.replaceAll(".", "/")}`;
}

/** The error enum of a service: the one that its methods name, or else the only one of its package. */
export function errorsOf({ registry }: Contracts, service: DescService): DescEnum | undefined {
  const option = registry.getExtension("mesh.v1.error");
  const sisters = [...registry].filter((type) => type.kind === "enum");
  return sisters.find(({ file, values }) => {
    if (file.proto.package !== service.file.proto.package || !option) return false;
    return values.some(({ proto }) => proto.options && hasExtension(proto.options, option));
  });
}

/** Whether a method says something of itself with an option of ours. */
export function hasPolicy({ registry }: Contracts, { proto }: DescMethod): boolean {
  const option = registry.getExtension("mesh.v1.method");
  return Boolean(option && proto.options && hasExtension(proto.options, option));
}

/** @throws Refusal where a package has something of this name already */
export function checkFree({ registry }: Contracts, { proto }: DescFile, name: string): void {
  const other = registry.get(`${proto.package}.${name}`);
  if (!other || other.kind === "extension") return;
  throw new Refusal(`${placeOf(other)}: ${proto.package} has ${name} already: choose another name`);
}
