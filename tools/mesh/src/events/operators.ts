import { CommandError } from "@mesh/codegen/command";
import { MeshError, type ServiceDefinition } from "@mesh/contracts";
import { EventsOperator, type EventsOperatorTypes } from "@mesh/contracts/protocols/mesh/events/v1/index";
import { registeredReplicas } from "@mesh/events/registry";
import { connect, type Upstream } from "@mesh/rpc";
import { exitCodes, type MeshAccess } from "../settings.ts";
import { withCredentials } from "../with-mesh.ts";
import { withNats } from "../with-nats.ts";

/** The longest wait for the registry and for a service, in milliseconds. */
const timeoutMs = 5_000;

/** The operator of the events of one service. */
export type Operator = Upstream<EventsOperatorTypes>["client"];

/** The services that are asked. */
export interface Asked {
  /** The name of a service; undefined: all in the registry. */
  readonly service: string | undefined;
}

/**
 * Does work with the operator of each service that has events.
 *
 * @throws CommandError if a service can't be reached, or the one that is named has no events
 */
export async function withOperators<T>(
  access: MeshAccess,
  { service }: Asked,
  work: (operator: Operator, service: string) => Promise<T>,
): Promise<T[]> {
  const replicas = await withNats(access, (bus) => registeredReplicas(bus, AbortSignal.timeout(timeoutMs)));
  const wanted = replicas.filter((replica) => service === undefined || replica.service === service);
  const first = wanted.filter((one, at) => at === wanted.findIndex((other) => other.service === one.service));
  if (service !== undefined && first.length === 0) {
    throw new CommandError(`no replica of ${service} is in the registry`, exitCodes.unreachable);
  }
  return withCredentials(access, async (credentials) => {
    const results = first.map(async ({ service: name, address }): Promise<T[]> => {
      // The name that the certificate of the process has.
      const definition: ServiceDefinition<EventsOperatorTypes> = { ...EventsOperator, name };
      const upstream = connect(definition, { address, ...(credentials && { credentials }) });
      try {
        return [await work(upstream.client, name)];
      } catch (error) {
        if (hasNoEvents(error) && service === undefined) return [];
        throw error instanceof MeshError ? failureOf(error, name) : error;
      } finally {
        await upstream.close();
      }
    });
    return (await Promise.all(results)).flat();
  });
}

function hasNoEvents(error: unknown): boolean {
  return error instanceof MeshError && (error.code === "UNIMPLEMENTED" || error.code === "NOT_FOUND");
}

function failureOf({ code, message }: MeshError, service: string): CommandError {
  const exitCode = code === "UNAVAILABLE" || code === "DEADLINE_EXCEEDED" ? exitCodes.unreachable : exitCodes.failed;
  return new CommandError(`${service}: ${code}: ${message}`, exitCode);
}
