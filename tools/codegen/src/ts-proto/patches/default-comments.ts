import { create, type DescFile } from "@bufbuild/protobuf";
import {
  type SourceCodeInfo,
  type SourceCodeInfo_Location,
  SourceCodeInfo_LocationSchema,
  SourceCodeInfoSchema,
} from "@bufbuild/protobuf/wkt";
import { defaultOf } from "../../default.ts";
import { extensionOf } from "../../extensions.ts";
import { sourcePath } from "../../source-info.ts";
import { messagesOf } from "../declared.ts";
import type { Patch } from "../patch.ts";

/** Adds the default of a field to its comment, as `@default`. ts-proto prints the comment of the contract only. */
export const defaultComments: Patch = {
  descriptor(copy, file) {
    copy.sourceCodeInfo = commentsWithDefaults(file, copy.sourceCodeInfo?.location ?? []);
  },
};

function commentsWithDefaults(file: DescFile, comments: readonly SourceCodeInfo_Location[]): SourceCodeInfo {
  const byPath = new Map(comments.map((location) => [location.path.join(), location]));
  for (const field of messagesOf(file).flatMap((message) => message.fields)) {
    const value = defaultOf(field);
    if (value === undefined || extensionOf(field)) continue;
    const path = [...sourcePath(field)];
    const known = byPath.get(path.join());
    const comment = known?.leadingComments || known?.trailingComments || "";
    const leadingComments = `${comment.trimEnd()}\n\n @default ${value}`.trimStart();
    byPath.set(path.join(), create(SourceCodeInfo_LocationSchema, { path, leadingComments }));
  }
  return create(SourceCodeInfoSchema, { location: [...byPath.values()] });
}
