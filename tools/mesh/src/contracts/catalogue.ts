import { readFileSync } from "node:fs";
import { createFileRegistry, type DescMethod, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { callersOf } from "@mesh/codegen/catalogue/callers";
import { idempotencyOf, scopesOf } from "@mesh/codegen/catalogue/method";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import { ServiceNames } from "@mesh/codegen/catalogue/service-name";
import { CommandError } from "@mesh/codegen/command";
import type { Idempotency } from "@mesh/contracts";
import { descriptorSet } from "@mesh/contracts/descriptors";

/** A method, as its contract describes it. */
export interface CatalogueMethod {
  readonly desc: DescMethod;
  readonly idempotency: Idempotency;
  /** In milliseconds; undefined: the default of its kind. */
  readonly deadlineMs: number | undefined;
  /** The names of those who may call it; `*` is every service. */
  readonly callers: readonly string[];
  /** The scopes that it needs at the gateway; undefined: it is not exposed. */
  readonly scopes: readonly string[] | undefined;
}

/** A service, as its contract describes it. */
export interface CatalogueService {
  /** The name in the mesh: `orders`. */
  readonly name: string;
  readonly slug: string;
  /** `orders.v1.OrderService` */
  readonly typeName: string;
  readonly methods: readonly CatalogueMethod[];
}

/** The contracts that a command knows. */
export interface Catalogue {
  readonly services: readonly CatalogueService[];
  readonly registry: FileRegistry;
}

/**
 * Reads the contracts.
 *
 * @param file a google.protobuf.FileDescriptorSet; default: the contracts of this repository, as they were when their code was
 *   generated
 * @throws CommandError if the file can't be read
 */
export function readCatalogue(file?: string): Catalogue {
  const registry = createFileRegistry(file === undefined ? ownContracts() : contractsIn(file));
  const options = new MeshOptions(registry);
  const names = new ServiceNames(registry.files, options);
  const describe = (desc: DescMethod): CatalogueMethod => ({
    desc,
    idempotency: idempotencyOf(desc),
    deadlineMs: options.method(desc)?.deadlineMs || undefined,
    callers: callersOf(desc, options),
    scopes: options.method(desc)?.gateway && scopesOf(desc, options),
  });
  const all = [...registry.files].flatMap(({ services }) => services);
  const services = all.map((desc) => ({
    name: names.serviceName(desc),
    slug: names.serviceSlug(desc),
    typeName: desc.typeName,
    methods: desc.methods.map(describe),
  }));
  return { services: services.toSorted((one, other) => one.name.localeCompare(other.name)), registry };
}

function ownContracts(): FileDescriptorSet {
  return fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet));
}

function contractsIn(file: string): FileDescriptorSet {
  try {
    return fromBinary(FileDescriptorSetSchema, readFileSync(file));
  } catch (error) {
    throw new CommandError(`--contracts: ${file} can't be read as a FileDescriptorSet: ${String(error)}`);
  }
}
