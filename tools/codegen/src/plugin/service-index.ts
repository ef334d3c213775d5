import type { DescService } from "@bufbuild/protobuf";
import { packageFolder, serviceIdentifier } from "../names.ts";
import type { Generation } from "./generation.ts";

/** Generates `services.json`: the names of each service, and how it is imported. Tools read it that start services. */
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
