import type { DescFile } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { scopeList } from "./method.ts";
import { type MeshOptions, optionPaths, type RoleOption } from "./options.ts";

/** A name that a role can have. An identity provider sends it, so it has no capital letters that could differ. */
const roleName = /^[a-z][a-z0-9_.-]{0,63}$/;

/** Returns the scopes of each role, merged over all files. Roles and scopes are sorted. */
export function rolesOf(files: readonly DescFile[], options: MeshOptions): ReadonlyMap<string, readonly string[]> {
  const merged = new Map<string, Set<string>>();
  for (const { name, scopes } of files.flatMap((file) => rolesIn(file, options))) {
    const granted = merged.get(name) ?? new Set<string>();
    merged.set(name, granted);
    for (const scope of scopeList(scopes)) granted.add(scope);
  }
  return new Map([...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, scopes]) => [name, [...scopes].sort()]));
}

/** Returns the scopes that any role has. */
export function grantedScopes(files: readonly DescFile[], options: MeshOptions): ReadonlySet<string> {
  return new Set([...rolesOf(files, options).values()].flat());
}

function rolesIn(file: DescFile, options: MeshOptions): readonly RoleOption[] {
  return options.package(file)?.roles ?? [];
}

/** Checks the roles that files declare. */
export function checkRoles(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const desc of files) {
    const roles = rolesIn(desc, options);
    for (const [index, role] of roles.entries()) {
      const isSecond = roles.findIndex(({ name }) => name === role.name) < index;
      const text = problemOf(role, isSecond);
      if (text) problems.push({ desc, text, option: optionPaths.packageRoles });
    }
  }
}

function problemOf({ name, scopes }: RoleOption, isSecond: boolean): string | undefined {
  const role = `the role ${JSON.stringify(name)}`;
  if (!roleName.test(name))
    return `${role} has no valid name: use small letters, digits, ".", "-" and "_", such as clerk`;
  if (isSecond) return `${role} is declared twice in this file: put its scopes into one`;
  return scopeList(scopes).length === 0 ? `${role} has no scopes: add scopes: "…", or remove it` : undefined;
}
