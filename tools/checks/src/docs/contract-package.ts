import type { DescEnum, DescFile, DescMessage, DescService, FileRegistry } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { isErrorEnum } from "@mesh/codegen/catalogue/error";
import { type CatalogueEvent, eventsOf } from "@mesh/codegen/catalogue/event";
import type { MeshOptions } from "@mesh/codegen/catalogue/options";

/** A package of contracts, with the content of its page. */
export interface Package {
  /** `orders.v1`. Empty for files without a package. */
  readonly name: string;
  /** The page's file: `orders.v1.html`. */
  readonly page: string;
  readonly files: readonly DescFile[];
  readonly services: readonly DescService[];
  readonly events: readonly CatalogueEvent[];
  readonly errors: readonly DescEnum[];
  /** The messages that are not events. */
  readonly messages: readonly DescMessage[];
  /** The enums that are not errors. */
  readonly enums: readonly DescEnum[];
}

/** The pages that every site has. */
const ownPages = new Set(["index", "events", "permissions"]);

/**
 * Lists the packages of the contracts, sorted by name.
 *
 * @param foreign the files from npm packages, which have documentation of their own
 */
export function packagesOf(registry: FileRegistry, options: MeshOptions, foreign: ReadonlySet<string>): Package[] {
  const isOwn = ({ proto }: DescFile) => !foreign.has(proto.name) && proto.package !== "google.protobuf";
  const files = [...registry.files].filter(isOwn).sort((a, b) => compare(a.name, b.name));
  const names = [...new Set(files.map(({ proto }) => proto.package))].sort(compare);
  return names.map((name) =>
    packageOf(
      name,
      files.filter(({ proto }) => proto.package === name),
      options,
    ),
  );
}

function packageOf(name: string, files: readonly DescFile[], options: MeshOptions): Package {
  const types = files.flatMap((file) => [...nestedTypes(file)]);
  const events = files.flatMap((file) => eventsOf(file, options));
  const enums = types.filter((type) => type.kind === "enum");
  const isEvent = (message: DescMessage) => events.some((event) => event.message === message);
  return {
    name,
    page: `${name === "" ? "no-package" : ownPages.has(name) ? `${name}-package` : name}.html`,
    files,
    services: files.flatMap((file) => file.services),
    events,
    errors: enums.filter((desc) => isErrorEnum(desc, options)),
    messages: types.filter((type) => type.kind === "message").filter((message) => !isEvent(message)),
    enums: enums.filter((desc) => !isErrorEnum(desc, options)),
  };
}

/** Compares by code units, so that the order does not depend on the language of the machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
