import type { MethodDefinition } from "@mesh/contracts";

/** The services that every server has for its own sake. Their calls come at regular times, and say nothing of the load. */
const ownServices = /^\/(grpc\.(health|reflection)|mesh\.(statistics|jobs|events))\./;

/** Returns whether a method is one of health, reflection, statistics or the operators of jobs and events. */
export function isOwnMethod({ path }: MethodDefinition): boolean {
  return ownServices.test(path);
}
