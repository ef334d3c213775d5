import { MeshError } from "@mesh/contracts";
import {
  type HealthCheckRequest,
  Health as HealthService,
  HealthCheckResponse_ServingStatus as Status,
} from "@mesh/contracts/protocols/grpc/health/v1/index";
import type { Health } from "@mesh/runtime";
import { onAbort } from "../deadline.ts";
import { type Implementation, implement } from "./implement.ts";

/**
 * The standard health service: reports whether a server and its services, which are ready together, can be called.
 *
 * @param services their full names
 */
export function healthService(health: Health, services: readonly string[]): Implementation {
  const isKnown = ({ service }: HealthCheckRequest) => service === "" || services.includes(service);
  const now = () => ({
    status: health.ready() ? Status.SERVING : Status.NOT_SERVING,
    meshReason: Object.entries({ ...health.reasons(), ...health.warnings() })
      .map(([part, reason]) => `${part}: ${reason}`)
      .join("; "),
  });

  return implement(HealthService, {
    async check(request) {
      if (isKnown(request)) return now();
      throw new MeshError({ code: "NOT_FOUND", message: `there is no ${request.service} here` });
    },
    async *watch(request, { signal }) {
      // As the protocol has it: the service may still come, so the stream goes on.
      if (!isKnown(request)) yield { status: Status.SERVICE_UNKNOWN, meshReason: "" };
      for await (const _ of changes(health, signal)) if (isKnown(request)) yield now();
    },
  });
}

/** One value at first and one each time the health has changed since the last, until the signal aborts. */
async function* changes(health: Health, signal: AbortSignal): AsyncGenerator<void> {
  let wake = () => {};
  const unsubscribe = health.onChange(() => wake());
  const forget = onAbort(signal, () => wake());
  try {
    while (!signal.aborted) {
      const change = new Promise<void>((resolve) => {
        wake = resolve;
      });
      yield;
      await change;
    }
  } finally {
    unsubscribe();
    forget();
  }
}
