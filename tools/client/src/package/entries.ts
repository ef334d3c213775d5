import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path/posix";
import { Failure } from "./failure.ts";

/** What an import of the package leads to. */
export interface Entry {
  /** As in `exports`: `.`, `./grpc`, `./orders/v1`. */
  readonly subpath: string;
  /** The file of the package, without its extension: `index`, `orders/v1`. */
  readonly name: string;
  /** What it is made of, from the root of the repository. */
  readonly source: string;
}

const generated = "shared/contracts/gen";

/** All entries: the client, gRPC, and one for each package of contracts. */
export async function findEntries(root: string): Promise<Entry[]> {
  if (!existsSync(join(root, generated))) throw new Failure("there is no generated code: npm run generate");
  const files = await readdir(join(root, generated), { recursive: true });
  const packages = files
    .map((file) => file.replaceAll("\\", "/"))
    // What google brings is part of the messages that use it.
    .filter((file) => file.endsWith("/index.js") && !/^(google|buf|json-schema)\//.test(file))
    .map((file) => file.slice(0, -"/index.js".length))
    .sort();
  return [
    { subpath: ".", name: "index", source: "tools/client/src/index.ts" },
    { subpath: "./grpc", name: "grpc", source: "tools/client/src/grpc.ts" },
    ...packages.map((name) => ({ subpath: `./${name}`, name, source: `${generated}/${name}/index.js` })),
  ];
}
