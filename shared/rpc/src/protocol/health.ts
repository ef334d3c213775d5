import type { CallOptions } from "@mesh/contracts";
import { enumeration, message, method, scalar, withEnum } from "./describe.ts";
import { protocolFile, protocolService } from "./file.ts";

const packageName = "grpc.health.v1";
const request = `${packageName}.HealthCheckRequest`;
const response = `${packageName}.HealthCheckResponse`;

/** Asks whether a service can be called. */
export interface HealthCheckRequest {
  /** The service's full name; empty: the server as a whole. */
  readonly service: string;
}

/** The values of `HealthCheckResponse.ServingStatus`. */
export const servingStatus = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;
export type ServingStatus = (typeof servingStatus)[keyof typeof servingStatus];

/** Whether it can be called. */
export interface HealthCheckResponse {
  readonly status: ServingStatus;
  /** Why it can't: an addition of ours, which standard clients skip as an unknown field. */
  readonly meshReason: string;
}

/** The health protocol: https://github.com/grpc/grpc/blob/master/src/proto/grpc/health/v1/health.proto */
export const healthFile = protocolFile({
  name: "grpc/health/v1/health.proto",
  package: packageName,
  messages: [
    message("HealthCheckRequest", scalar("STRING", "service", 1)),
    withEnum(
      message(
        "HealthCheckResponse",
        enumeration(`${response}.ServingStatus`, "status", 1),
        scalar("STRING", "mesh_reason", 50_500),
      ),
      "ServingStatus",
      ...Object.keys(servingStatus),
    ),
  ],
  service: {
    name: "Health",
    methods: [method("Check", request, response, "unary"), method("Watch", request, response, "server_streaming")],
  },
});

export interface HealthTypes {
  readonly context: unknown;
  readonly handlers: {
    check(request: HealthCheckRequest, context: HealthTypes["context"]): Promise<Partial<HealthCheckResponse>>;
    watch(
      request: HealthCheckRequest,
      context: { readonly signal: AbortSignal },
    ): AsyncIterable<Partial<HealthCheckResponse>>;
  };
  readonly client: {
    check(request: Partial<HealthCheckRequest>, options?: CallOptions): Promise<HealthCheckResponse>;
    watch(request: Partial<HealthCheckRequest>, options?: CallOptions): AsyncIterable<HealthCheckResponse>;
  };
  readonly procedures: Record<never, never>;
}

/** The service that every gRPC server has, so that others know when to call it. */
export const HealthService = protocolService<HealthTypes>(healthFile);
