import { CommandError } from "@mesh/codegen/command";
import { type ClientOf, MeshError } from "@mesh/contracts";
import { JobsOperator, type JobsOperatorTypes } from "@mesh/contracts/protocols/mesh/jobs/v1/index";
import { natsDiscovery, registeredReplicas } from "@mesh/events/registry";
import { connect } from "@mesh/rpc";
import { exitCodes, type MeshAccess } from "../settings.ts";
import { withCredentials } from "../with-mesh.ts";
import { quiet, withNats } from "../with-nats.ts";

/** The longest wait for the registry and for a service, in milliseconds. */
const timeoutMs = 5_000;

/** What operators ask one service. */
export interface ServiceOperator {
  readonly service: string;
  readonly client: ClientOf<JobsOperatorTypes>;
}

/** A service, and what it has responded. */
export interface ServiceResult<T> {
  readonly service: string;
  readonly result: T;
}

/** Asks the services of a mesh that have jobs. */
export type AskAll = <T>(
  ask: (client: ServiceOperator["client"], service: string) => Promise<T>,
) => Promise<ServiceResult<T>[]>;

/**
 * Does work with the services of the registry. Those without jobs are left out.
 *
 * @param wanted the name of one service; undefined: all
 * @throws CommandError if a service can't be reached, or the one that is wanted has no jobs
 */
export async function withOperators<T>(
  access: MeshAccess,
  wanted: string | undefined,
  work: (askAll: AskAll) => Promise<T>,
): Promise<T> {
  return withCredentials(access, (credentials) =>
    withNats(access, async (bus) => {
      const replicas = await registeredReplicas(bus, AbortSignal.timeout(timeoutMs));
      const names = [...new Set(replicas.map(({ service }) => service))].sort();
      if (wanted !== undefined && !names.includes(wanted)) {
        throw new CommandError(`there is no service ${wanted} in the registry: ${names.join(", ") || "it is empty"}`);
      }
      const discovery = natsDiscovery({ bus, log: quiet });
      const upstreams = names
        .filter((name) => wanted === undefined || name === wanted)
        .map((name) => {
          const options = { address: discovery, ...(credentials && { credentials }) };
          return { name, upstream: connect({ ...JobsOperator, name }, options) };
        });
      const askAll: AskAll = async (ask) => {
        const results = await Promise.all(
          upstreams.map(async ({ name, upstream }) => {
            const result = await responseOf(name, wanted, () => ask(upstream.client, name));
            return result === undefined ? [] : [{ service: name, result }];
          }),
        );
        return results.flat();
      };
      try {
        return await work(askAll);
      } finally {
        await Promise.all(upstreams.map(({ upstream }) => upstream.close()));
        await discovery.close();
      }
    }),
  );
}

/** Returns undefined if a service has no jobs, and only those that have some are wanted. */
async function responseOf<T>(name: string, wanted: string | undefined, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
    const hasNone = error.code === "UNIMPLEMENTED" || (error.code === "NOT_FOUND" && wanted === undefined);
    if (hasNone && wanted === undefined) return undefined;
    if (error.code === "UNIMPLEMENTED") throw new CommandError(`${name} has no jobs`);
    const isWrong = error.code === "INVALID_ARGUMENT" || error.code === "NOT_FOUND";
    const exitCode =
      error.code === "UNAVAILABLE" ? exitCodes.unreachable : isWrong ? exitCodes.usage : exitCodes.failed;
    throw new CommandError(`${name}: ${error.code}: ${error.message}`, exitCode);
  }
}
