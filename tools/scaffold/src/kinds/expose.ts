import type { Draft } from "../draft.ts";
import { GeneratorError } from "../generator-error.ts";
import { append, constant, importName, parse, property } from "../source/module.ts";

/** The file that lists the services which browsers can reach. */
const router = "gateway/src/router.ts";

/** Lists a service at the gateway, unless it is listed. @throws GeneratorError with the code to write by hand */
export async function expose(
  draft: Draft,
  name: string,
  { definition, module }: { readonly definition: string; readonly module: string },
): Promise<void> {
  const source = parse(router, await draft.read(router));
  const services = constant(source, "services");
  if (services?.type !== "ObjectExpression") {
    throw new GeneratorError(`${router}: found no list "services": add \`${name}: ${definition}\` by hand`);
  }
  if (property(services, name)) return;
  draft.edit(router, ...importName(source, module, definition));
  draft.edit(router, append(source, services, `${name}: ${definition}`));
}
