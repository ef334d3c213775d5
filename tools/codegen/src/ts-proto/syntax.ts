import { Edition, CodeGeneratorResponse_Feature as Feature } from "@bufbuild/protobuf/wkt";

/** The part of a response which says that a plugin reads every syntax. */
export const everySyntax = {
  supportedFeatures: BigInt(Feature.PROTO3_OPTIONAL | Feature.SUPPORTS_EDITIONS),
  minimumEdition: Edition.EDITION_PROTO2,
  maximumEdition: Edition.EDITION_2024,
};
