import type { FileRegistry } from "@bufbuild/protobuf";
import { defineService, type ServiceDefinition } from "@mesh/contracts";
import { ServerReflection, type ServerReflectionTypes } from "@mesh/contracts/protocols/grpc/reflection/v1/index";
import { type Implementation, implement } from "./implement.ts";

/** The same protocol under its earlier name, which some clients still ask for. */
const earlier: ServiceDefinition<ServerReflectionTypes> = defineService(
  "grpc.reflection.v1alpha.ServerReflection",
  ServerReflection,
  ServerReflection.methods,
);

const versions = [ServerReflection, earlier];

/**
 * The standard reflection service, in both versions of the protocol: describes to tools such as `buf curl` what a server
 * offers.
 *
 * @param readRegistry resolves with the files of the contracts and of gRPC's own protocols
 * @param services the full names of the services to list
 */
export function reflectionServices(
  readRegistry: () => Promise<FileRegistry>,
  services: readonly string[],
): Implementation[] {
  const listed = [...services, ...versions.map(({ typeName }) => typeName)];
  return versions.map((version) =>
    implement(version, {
      async *serverReflectionInfo(requests) {
        const [registry, { answerTo }] = await Promise.all([readRegistry(), import("./reflection-answers.ts")]);
        for await (const request of requests) {
          const messageResponse = answerTo(request, registry, listed);
          yield { validHost: request.host, originalRequest: request, messageResponse };
        }
      },
    }),
  );
}
