import { nearest } from "@mesh/codegen/generate/nearest";
import type { Policy } from "@mesh/contracts/mesh/v1";
import type { Catalogue } from "../contracts/catalogue.ts";

/**
 * Returns a warning for each rule whose service or method is in no contract that is known. It may be in another
 * repository, so it is no error.
 */
export function unknownNames({ rules }: Policy, { services }: Catalogue): string[] {
  return rules.flatMap(({ service, method }, index) => {
    if (service === "") return [];
    const known = services.filter(({ name }) => name === service);
    const path = `rules[${index}]`;
    if (known.length === 0)
      return warning(
        `${path}.service`,
        "service",
        service,
        services.map(({ name }) => name),
      );
    const methods = known.flatMap((one) => one.methods.map(({ desc }) => desc.name));
    return method === "" || methods.includes(method) ? [] : warning(`${path}.method`, "method", method, methods);
  });
}

function warning(path: string, kind: string, wrong: string, names: readonly string[]): string[] {
  const meant = nearest(wrong, names);
  const hint = meant ? `: did you mean ${meant}?` : "";
  return [`warning: ${path}: no contract here has the ${kind} ${wrong}${hint}`];
}
