import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import type { GeneratedFile } from "@bufbuild/protoplugin";
import { isErrorEnum } from "../catalogue/error.ts";
import { eventsOf } from "../catalogue/event.ts";
import { jobsOf } from "../catalogue/job.ts";
import { packageFolder, serviceIdentifier, typeName } from "../names.ts";
import { text } from "../printing.ts";
import type { Generation } from "./generation.ts";

/** A name that a package exports. */
interface Export {
  readonly name: string;
  /** The name in the module, if it is another. */
  readonly original?: string;
  /** True if the contract declares this name, so that it is not changed. */
  readonly isDeclared: boolean;
  /** The path of the module in the generated code: `orders/v1/orders.zod.js`. */
  readonly from: string;
  /** True if it does not exist at run time. */
  readonly typeOnly: boolean;
  readonly desc: AnyDesc;
}

/** Generates a barrel for each package, such as `orders/v1/index.js`, from which others import. */
export function generateBarrels(generation: Generation): void {
  const { schema, files } = generation;
  for (const [packageName, own] of packagesOf(files)) {
    const exports = distinct(
      own.flatMap((file) => exportsOf(file, generation)),
      generation,
    );
    const path = `${packageFolder(packageName)}/index`;
    printExports(
      schema.generateFile(`${path}.js`),
      path,
      exports.filter(({ typeOnly }) => !typeOnly),
    );
    printExports(schema.generateFile(`${path}.d.ts`), path, exports);
  }
}

function packagesOf(files: readonly DescFile[]): Map<string, DescFile[]> {
  const packages = new Map<string, DescFile[]>();
  for (const file of files) {
    const { package: name } = file.proto;
    packages.set(name, [...(packages.get(name) ?? []), file]);
  }
  return packages;
}

function exportsOf(file: DescFile, { options, schema }: Generation): Export[] {
  const events = new Set(eventsOf(file, options).map(({ message }) => message));
  const jobs = new Set(jobsOf(file, schema.allFiles, options).map(({ message }) => message));
  const ofTypes = [...nestedTypes(file)].flatMap((desc): Export[] => {
    if (desc.kind !== "message" && desc.kind !== "enum") return [];
    const name = typeName(desc);
    const value = (suffix: string, module: string) => {
      return { name: name + suffix, from: module, typeOnly: false, isDeclared: suffix === "", desc };
    };
    const type = (suffix: string, module: string) => ({ ...value(suffix, module), typeOnly: true });
    if (desc.kind === "enum") {
      if (!isErrorEnum(desc, options)) return [value("", `${file.name}.pb.ts`)];
      const errors = `${file.name}.errors.js`;
      return [value("", errors), ...["Catalogue", "Info", "Reason", "Shape"].map((suffix) => type(suffix, errors))];
    }
    const module = events.has(desc) ? "events" : jobs.has(desc) ? "jobs" : undefined;
    const own = module ? value("", `${file.name}.${module}.js`) : type("", `${file.name}.pb.ts`);
    return [own, type("Input", `${file.name}.zod.js`), value("Schema", `${file.name}.zod.js`)];
  });
  return [...ofTypes, ...serviceExports(file)];
}

function serviceExports(file: DescFile): Export[] {
  return file.services.flatMap((desc) => {
    const from = `${file.name}.services.js`;
    const types = ["Client", "Handlers", "Procedures", "Types"];
    const own = { name: serviceIdentifier(desc), from, typeOnly: false, isDeclared: true, desc };
    const derived = types.map((type) => ({ ...own, name: own.name + type, typeOnly: true, isDeclared: false }));
    return [own, ...derived];
  });
}

/**
 * Makes names distinct. A derived name may also be a declared one: that of the schema of `Table` beside a message
 * `TableSchema`. The declared name wins, and the other becomes `TableSchema$`, which is not possible in a contract.
 */
function distinct(exports: readonly Export[], { problems }: Generation): Export[] {
  const owners = new Map<string, Export>();
  for (const entry of exports.filter(({ isDeclared }) => isDeclared)) {
    const { name, desc } = entry;
    const other = owners.get(name)?.desc;
    if (other) problems.push({ desc, text: `${desc} and ${other} would both be ${name} in TypeScript: rename one` });
    owners.set(name, entry);
  }
  return exports.map((entry) => {
    const owner = owners.get(entry.name);
    if (entry.isDeclared || !owner) return entry;
    return { ...entry, name: `${entry.name}$`, original: entry.name };
  });
}

function printExports(file: GeneratedFile, path: string, exports: readonly Export[]): void {
  for (const from of new Set(exports.map((entry) => entry.from))) {
    const names = exports
      .filter((entry) => entry.from === from)
      .map(({ name, original, typeOnly }) => `${typeOnly ? "type " : ""}${original ? `${original} as ` : ""}${name}`);
    file.print("export { ", names.sort().join(", "), " } from ", text(relative(path, from)), ";");
  }
}

/** Returns the path of a module relative to another. */
function relative(importer: string, module: string): string {
  const from = importer.split("/").slice(0, -1);
  const to = module.split("/");
  while (from.length > 0 && to.length > 1 && from[0] === to[0]) {
    from.shift();
    to.shift();
  }
  return `${from.length === 0 ? "./" : "../".repeat(from.length)}${to.join("/")}`;
}
