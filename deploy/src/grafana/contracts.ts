import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import { ServiceNames } from "@mesh/codegen/catalogue/service-name";
import * as z from "zod";

/** A method, as dashboards show it. */
export interface ShownMethod {
  readonly name: string;
  /** As metrics have it: `orders.v1.OrderService/PlaceOrder`. */
  readonly path: string;
  /** In milliseconds; undefined: that of its kind. */
  readonly deadlineMs: number | undefined;
}

/** A service, as dashboards show it. */
export interface ShownService {
  readonly name: string;
  readonly methods: readonly ShownMethod[];
  /** Whether it has events of its own. */
  readonly publishes: boolean;
}

const events = z.array(z.object({ service: z.string() }));

/**
 * Returns the services of a repository, by name.
 *
 * @param root its folder, with the generated code
 * @param descriptorSet the contracts: a google.protobuf.FileDescriptorSet in base64
 */
export function shownServices(root: string, descriptorSet: string): ShownService[] {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet)));
  const options = new MeshOptions(registry);
  const names = new ServiceNames(registry.files, options);
  const file = readFileSync(join(root, "shared/contracts/gen/events.json"), "utf8");
  const publishers = new Set(events.parse(JSON.parse(file)).map(({ service }) => service));
  const services = [...registry.files].flatMap((one) => one.services);
  const shown = services.map((service) => {
    const name = names.serviceName(service);
    const methods = service.methods.map((method) => ({
      name: method.name,
      path: `${service.typeName}/${method.name}`,
      deadlineMs: options.method(method)?.deadlineMs || undefined,
    }));
    return { name, methods, publishes: publishers.has(name) };
  });
  return shown.toSorted((one, other) => one.name.localeCompare(other.name));
}
