import type { DescMessage, DescService, FileRegistry } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { packageFolder, serviceIdentifier, typeName } from "@mesh/codegen/names";

/** Returns the full names of messages and services by module and export: `@mesh/contracts/orders/v1#OrderPlaced`. */
export function contractNames(registry: FileRegistry): Map<string, string> {
  return new Map(
    [...registry.files].flatMap((file) => {
      const folder = `@mesh/contracts/${packageFolder(file.proto.package)}`;
      const declared = [...[...nestedTypes(file)].filter((type) => type.kind === "message"), ...file.services];
      return declared.map((desc) => [`${folder}#${nameOf(desc)}`, desc.typeName] as const);
    }),
  );
}

function nameOf(desc: DescMessage | DescService): string {
  return desc.kind === "service" ? serviceIdentifier(desc) : typeName(desc);
}
