import type { Prepare } from "@mesh/jobs";
import { hasJobs, type Service } from "./service.ts";

/** Returns the step that makes the tables of a service's jobs; undefined: it has none. */
export async function prepareOf(service: Service): Promise<Prepare | undefined> {
  if (!hasJobs(service)) return undefined;
  const { prepareJobs } = await import("@mesh/jobs");
  return prepareJobs((service.options.jobs ?? []).map(({ definition }) => definition.typeName));
}
