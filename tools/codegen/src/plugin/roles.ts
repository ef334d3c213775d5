import { createImportSymbol } from "@bufbuild/protoplugin";
import { rolesOf } from "../catalogue/roles.ts";
import { property, text } from "../printing.ts";
import type { Generation } from "./generation.ts";

/** Generates `roles.js`: the scopes of each role, merged over all packages. */
export function generateRoles({ schema, files, options }: Generation): void {
  const roles = [...rolesOf(files, options)];
  const entries = roles.map(([name, scopes]) => `  ${property(name)}: ${JSON.stringify(scopes)},\n`);
  const js = schema.generateFile("roles.js");
  js.print("export const roles = {\n", entries, "};");
  js.print("export const scopesOf = /*@__PURE__*/ ", createImportSymbol("scopesIn", "@mesh/contracts"), "(roles);");
  const dts = schema.generateFile("roles.d.ts");
  dts.print("/** The name of a role that a contract declares. */");
  dts.print("export type RoleName = ", roles.map(([name]) => text(name)).join(" | ") || "never", ";\n");
  dts.print("/** The scopes of each role, from the option `roles` of all packages. */");
  dts.print("export declare const roles: Readonly<Record<RoleName, readonly string[]>>;\n");
  dts.print("/** Returns the scopes of several roles together. A role that no contract declares has none. */");
  dts.print("export declare const scopesOf: (names: Iterable<string>) => ReadonlySet<string>;");
}
