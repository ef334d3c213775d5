import type { DescFile } from "@bufbuild/protobuf";
import { type Timestamps, timestampsOf } from "@mesh/codegen/catalogue/timestamps";
import { positionOf } from "@mesh/codegen/position";
import type { Contracts } from "../../contracts/compile.ts";
import type { Break, ContractUser } from "../break.ts";

/** Returns the files whose Timestamps have another type in TypeScript, or are rejected for digits that were accepted. */
export function changedTimestamps(before: Contracts, after: Contracts): Break[] {
  return [...after.registry.files].flatMap((file) => {
    const old = before.registry.getFile(file.proto.name);
    return old && hasTimestamps(old) ? changedForm(file, timestampsOf(old), timestampsOf(file)) : [];
  });
}

function hasTimestamps(file: DescFile): boolean {
  return file.dependencies.some(({ proto }) => proto.name === "google/protobuf/timestamp.proto");
}

function changedForm(file: DescFile, was: Timestamps, is: Timestamps): Break[] {
  const isOtherType = (was === "exact") !== (is === "exact");
  if (was === is || (is === "truncate" && !isOtherType)) return [];
  const affected: ContractUser[] = isOtherType ? ["tRPC clients", "event consumers"] : ["gRPC clients", "REST clients"];
  return [
    {
      position: positionOf(file),
      isOld: false,
      what: `the timestamps are ${nameOf(is)}, were ${nameOf(was)}`,
      affected: new Set(affected),
      fix: `keep option (mesh.v1.package).timestamps = ${nameOf(was)}, and use the other form in a new package`,
    },
  ];
}

function nameOf(form: Timestamps): string {
  return `TIMESTAMPS_${form.toUpperCase()}`;
}
