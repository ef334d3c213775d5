import { embedded, type Field, message, method, oneOf, repeated, scalar } from "./describe.ts";
import { type ProtocolFile, protocolFile, protocolService } from "./file.ts";

/** One question about what a server offers. */
export interface ReflectionRequest {
  readonly host: string;
  readonly messageRequest:
    | { readonly case: "fileByFilename"; readonly value: string }
    | { readonly case: "fileContainingSymbol"; readonly value: string }
    | { readonly case: "fileContainingExtension"; readonly value: ExtensionRequest }
    | { readonly case: "allExtensionNumbersOfType"; readonly value: string }
    | { readonly case: "listServices"; readonly value: string }
    | { readonly case: undefined };
}

/** Names an extension. */
export interface ExtensionRequest {
  readonly containingType: string;
  readonly extensionNumber: number;
}

/** What a question is answered with. */
export type ReflectionAnswer =
  | { readonly case: "fileDescriptorResponse"; readonly value: { readonly fileDescriptorProto: readonly Uint8Array[] } }
  | {
      readonly case: "allExtensionNumbersResponse";
      readonly value: { readonly baseTypeName: string; readonly extensionNumber: readonly number[] };
    }
  | {
      readonly case: "listServicesResponse";
      readonly value: { readonly service: readonly { readonly name: string }[] };
    }
  | { readonly case: "errorResponse"; readonly value: { readonly errorCode: number; readonly errorMessage: string } };

/** One answer. */
export interface ReflectionResponse {
  readonly validHost: string;
  readonly originalRequest: ReflectionRequest;
  readonly messageResponse: ReflectionAnswer;
}

interface ReflectionTypes {
  readonly context: unknown;
  readonly handlers: {
    serverReflectionInfo(requests: AsyncIterable<ReflectionRequest>): AsyncIterable<ReflectionResponse>;
  };
  readonly client: {
    serverReflectionInfo(requests: AsyncIterable<Partial<ReflectionRequest>>): AsyncIterable<ReflectionResponse>;
  };
  readonly procedures: Record<never, never>;
}

/**
 * The reflection protocol. Its two versions differ only in their name, and clients ask for either.
 *
 * Source: https://github.com/grpc/grpc/blob/master/src/proto/grpc/reflection/v1/reflection.proto
 */
export function reflectionProtocol(version: "v1" | "v1alpha") {
  const file = reflectionFile(`grpc.reflection.${version}`);
  return { file, service: protocolService<ReflectionTypes>(file) };
}

function reflectionFile(packageName: string): ProtocolFile {
  const question = (field: Field) => oneOf("message_request", field);
  const answer = (field: Field) => oneOf("message_response", field);
  const type = (name: string) => `${packageName}.${name}`;
  return protocolFile({
    name: `${packageName.replaceAll(".", "/")}/reflection.proto`,
    package: packageName,
    messages: [
      message(
        "ServerReflectionRequest",
        scalar("STRING", "host", 1),
        question(scalar("STRING", "file_by_filename", 3)),
        question(scalar("STRING", "file_containing_symbol", 4)),
        question(embedded(type("ExtensionRequest"), "file_containing_extension", 5)),
        question(scalar("STRING", "all_extension_numbers_of_type", 6)),
        question(scalar("STRING", "list_services", 7)),
      ),
      message("ExtensionRequest", scalar("STRING", "containing_type", 1), scalar("INT32", "extension_number", 2)),
      message(
        "ServerReflectionResponse",
        scalar("STRING", "valid_host", 1),
        embedded(type("ServerReflectionRequest"), "original_request", 2),
        answer(embedded(type("FileDescriptorResponse"), "file_descriptor_response", 4)),
        answer(embedded(type("ExtensionNumberResponse"), "all_extension_numbers_response", 5)),
        answer(embedded(type("ListServiceResponse"), "list_services_response", 6)),
        answer(embedded(type("ErrorResponse"), "error_response", 7)),
      ),
      message("FileDescriptorResponse", repeated(scalar("BYTES", "file_descriptor_proto", 1))),
      message(
        "ExtensionNumberResponse",
        scalar("STRING", "base_type_name", 1),
        repeated(scalar("INT32", "extension_number", 2)),
      ),
      message("ListServiceResponse", repeated(embedded(type("ServiceResponse"), "service", 1))),
      message("ServiceResponse", scalar("STRING", "name", 1)),
      message("ErrorResponse", scalar("INT32", "error_code", 1), scalar("STRING", "error_message", 2)),
    ],
    service: {
      name: "ServerReflection",
      methods: [
        method(
          "ServerReflectionInfo",
          type("ServerReflectionRequest"),
          type("ServerReflectionResponse"),
          "bidi_streaming",
        ),
      ],
    },
  });
}
