import { isServiceName } from "./service-name.ts";

/**
 * Returns what is wrong with the form of a list of service names; undefined: nothing.
 *
 * @param wildcard an entry that means all names; default: there is none
 */
export function nameListProblem(
  names: readonly string[],
  { wildcard }: { readonly wildcard?: string } = {},
): string | undefined {
  const odd = names.find((name) => name !== wildcard && !isServiceName(name));
  if (odd !== undefined) {
    const all = wildcard === undefined ? "" : `, or ${JSON.stringify(wildcard)} for all`;
    return `${JSON.stringify(odd)} is not a service name: use one such as acme.orders${all}`;
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `${JSON.stringify(twice)} is listed twice: remove one`;
}
