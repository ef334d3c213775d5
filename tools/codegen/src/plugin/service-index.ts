import type { DescService } from "@bufbuild/protobuf";
import { packageFolder, serviceIdentifier } from "../names.ts";
import type { Generation } from "./generation.ts";

/** Generates `services.json`: the names and the module of each service. Tools that start services read it. */
export function generateServiceIndex({ schema, files, names }: Generation): void {
  const entryOf = (service: DescService) => ({
    name: names.serviceName(service),
    slug: names.serviceSlug(service),
    module: `@mesh/contracts/${packageFolder(service.file.proto.package)}`,
    definition: serviceIdentifier(service),
  });
  const entries = files.flatMap((file) => file.services).map(entryOf);
  schema.generateFile("services.json").print(JSON.stringify(entries, null, 2));
}
