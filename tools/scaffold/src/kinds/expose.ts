import type { Draft } from "../draft.ts";
import { Refusal } from "../refusal.ts";
import { append, constant, importName, parse, property } from "../source/module.ts";

/** Where the services are listed that browsers can reach. */
const router = "gateway/src/router.ts";

/** Lists a service at the gateway, unless it is. @throws Refusal that says what to write by hand */
export async function expose(
  draft: Draft,
  name: string,
  { definition, module }: { readonly definition: string; readonly module: string },
): Promise<void> {
  const source = parse(router, await draft.read(router));
  const services = constant(source, "services");
  if (services?.type !== "ObjectExpression") {
    throw new Refusal(
      `${router}: there is no list "services" to add to: list \`${name}: ${definition}\` there by hand`,
    );
  }
  if (property(services, name)) return;
  draft.edit(router, ...importName(source, module, definition));
  draft.edit(router, append(source, services, `${name}: ${definition}`));
}
