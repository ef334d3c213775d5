import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GeneratorError } from "../generator-error.ts";
import { type ObjectExpression, parse, property, type Source, serviceCall } from "./module.ts";

/** The file that defines a service with `service(OrderService, { … }, { … })`. */
export interface ServiceFile {
  readonly source: Source;
  readonly options: ObjectExpression;
  readonly handlers: ObjectExpression;
}

/** Finds the file in the folder of a service. @throws GeneratorError if no file has such a call */
export async function findServiceFile(root: string, folder: string, definition: string): Promise<ServiceFile> {
  const sources = `services/${folder}/src`;
  const names = await readdir(join(root, sources)).catch(() => []);
  const files = names.filter((name) => /\.ts$/.test(name) && !/\.test\.ts$/.test(name));
  // Try service.ts first.
  files.sort((a, b) => Number(b === "service.ts") - Number(a === "service.ts") || a.localeCompare(b));
  for (const name of files) {
    const path = `${sources}/${name}`;
    const text = await readFile(join(root, path), "utf8");
    if (!text.includes(definition)) continue;
    const source = parse(path, text);
    const [, options, handlers] = serviceCall(source, definition) ?? [];
    if (options?.type === "ObjectExpression" && handlers?.type === "ObjectExpression") {
      return { source, options, handlers };
    }
  }
  const call = `service(${definition}, { … }, { … })`;
  throw new GeneratorError(
    `${sources}: found no ${call}: add the contract and the function by hand, see docs/by-hand.md`,
  );
}

/** @throws GeneratorError if the service has no database with the tables that events need */
export async function checkStore(root: string, folder: string, { options }: ServiceFile): Promise<void> {
  const path = `services/${folder}/src/schema.ts`;
  const schema = existsSync(join(root, path)) ? await readFile(join(root, path), "utf8") : "";
  const hasTables = ["inbox", "outbox", "parkedEvents"].every((table) => new RegExp(`\\b${table}\\b`).test(schema));
  if (property(options, "store") && hasTables) return;
  const how = "add a store, with the tables from @mesh/events/tables in schema.ts, as in services/payments";
  throw new GeneratorError(`services/${folder} has no database for events: ${how}`);
}
