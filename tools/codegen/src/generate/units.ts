import { createHash } from "node:crypto";
import { optionPaths } from "../catalogue/options.ts";
import { extensionsOf, filesToGenerate } from "../files.ts";
import type { ImageFile } from "./image.ts";

/** A .proto file to generate code for, or the OpenAPI document. */
export interface Unit {
  /** `orders/v1/orders.proto`, or `openApi` */
  readonly name: string;
  /** The package of the file; undefined for the document. */
  readonly package: string | undefined;
  /** The names of all files that its code depends on, with its own. */
  readonly context: ReadonlySet<string>;
  /** Changes if any of these files does. */
  readonly hash: string;
}

/** The name of the unit for the OpenAPI document, which depends on the packages with routes. */
export const openApi = "openapi";

/** Returns the files of an image to generate code for, with what the code of each depends on, and the OpenAPI document. */
export function unitsOf(files: readonly ImageFile[]): Unit[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const hashes = new Map(files.map(({ name, bytes }) => [name, createHash("sha256").update(bytes).digest("hex")]));
  const units = filesToGenerate(
    files.filter(({ isImport }) => !isImport),
    files,
  );
  // An extension adds a field to a message of another file, which that file does not import.
  const extending = files.filter(({ proto }) => extensionsOf(proto).length > 0);
  const packages = new Map<string, ImageFile[]>();
  for (const unit of units) packages.set(unit.package, [...(packages.get(unit.package) ?? []), unit]);
  const unitOf = (name: string, packageName: string | undefined, own: readonly ImageFile[]): Unit => {
    const context = closureOf([...extending, ...own], byName);
    const hash = createHash("sha256");
    for (const one of [...context].sort()) hash.update(`${one}\0${hashes.get(one)}\0`);
    return { name, package: packageName, context, hash: hash.digest("hex") };
  };
  const routed = [...packages.values()].filter((own) => own.some(hasRoutes));
  const ofFiles = units.map((file) => unitOf(file.name, file.package, packages.get(file.package) ?? []));
  return [...ofFiles, unitOf(openApi, undefined, routed.flat())];
}

function hasRoutes({ proto }: ImageFile): boolean {
  const methods = proto.service.flatMap(({ method }) => method);
  return methods.some(({ options }) => options?.$unknown?.some(({ no }) => no === optionPaths.http[0]));
}

/** Returns the names of files and of all that they import. */
function closureOf(files: readonly ImageFile[], byName: ReadonlyMap<string, ImageFile>): Set<string> {
  const closure = new Set(files.map(({ name }) => name));
  // Iterating a set includes the elements that are added meanwhile.
  for (const name of closure) for (const imported of byName.get(name)?.dependencies ?? []) closure.add(imported);
  return closure;
}
