import { clone } from "@bufbuild/protobuf";
import { FieldDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { extensionFields } from "../../extensions.ts";
import { messagePairs } from "../declared.ts";
import type { Patch } from "../patch.ts";

/**
 * Declares the extensions of a message as its fields. ts-proto loses their values: it reads extensions only with the
 * option `outputExtensions`, and then as bytes.
 */
export const extensions: Patch = {
  descriptor(copy, file) {
    for (const [message, proto] of messagePairs(file, copy)) {
      proto.field.push(...extensionFields(message.fields).map((field) => clone(FieldDescriptorProtoSchema, field)));
    }
  },
};
