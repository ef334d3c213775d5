import { processGroup } from "@mesh/runtime";
import type { TransportOptions } from "./open-services.ts";
import type { Service } from "./service.ts";

/** What `start` got in the program of a group. */
interface Started {
  readonly services: readonly Service[];
  readonly options: TransportOptions;
}

let started: Started[] | undefined;

/** Notes the services of a program, if it is being loaded for a group. Returns whether it is. */
export function noteServices(services: readonly Service[], options: TransportOptions): boolean {
  if (!processGroup() || !started) return false;
  started.push({ services, options });
  return true;
}

/**
 * Loads programs, and returns the services that they start.
 *
 * @throws Error if a program starts none, or several have options
 */
export async function collectServices(programs: readonly (() => Promise<unknown>)[]) {
  started = [];
  for (const load of programs) {
    const before = started.length;
    await load();
    if (started.length === before)
      throw new Error("a program of the group has not called `start`, so it has no service");
  }
  const all = started;
  started = undefined;
  const withOptions = all.filter(({ options }) => Object.keys(options).length > 0);
  const names = withOptions.map(({ services }) => services.map(({ definition }) => definition.name).join("+"));
  if (names.length > 1) {
    throw new Error(`${names.join(" and ")} start with options of their own, so they can't share a process`);
  }
  return { list: all.flatMap(({ services }) => services), transport: withOptions[0]?.options ?? {} };
}
