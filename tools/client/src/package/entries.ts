import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path/posix";
import { PackageError } from "./package-error.ts";

/** An entry point of the package. */
export interface Entry {
  /** The key in `exports`: `.`, `./grpc`, `./orders/v1`. */
  readonly subpath: string;
  /** The file in the package, without its extension: `index`, `orders/v1`. */
  readonly name: string;
  /** The source file, from the root of the repository. */
  readonly source: string;
}

const generated = "shared/contracts/gen";

/** Lists all entries: the client, gRPC, and one for each package of contracts. */
export async function findEntries(root: string): Promise<Entry[]> {
  if (!existsSync(join(root, generated))) throw new PackageError("found no generated code: run npm run generate");
  const files = await readdir(join(root, generated), { recursive: true });
  const packages = files
    .map((file) => file.replaceAll("\\", "/"))
    // Packages of google are included in the messages that use them, and the contracts of tests are for this repository.
    .filter((file) => file.endsWith("/index.js") && !/^(google|buf|json-schema|testing)\//.test(file))
    .map((file) => file.slice(0, -"/index.js".length))
    .sort();
  return [
    { subpath: ".", name: "index", source: "tools/client/src/index.ts" },
    { subpath: "./grpc", name: "grpc", source: "tools/client/src/grpc.ts" },
    ...packages.map((name) => ({ subpath: `./${name}`, name, source: `${generated}/${name}/index.js` })),
  ];
}
