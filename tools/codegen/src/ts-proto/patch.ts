import type { DescFile } from "@bufbuild/protobuf";
import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import type { TypeMap } from "ts-proto/build/src/types.js";
import type { Contracts } from "./contracts.ts";

/** One difference from stock ts-proto. Every patch has a test that fails when ts-proto no longer needs it. */
export interface Patch {
  /** Changes the descriptor that ts-proto reads, which is a copy. */
  readonly descriptor?: (copy: FileDescriptorProto, file: DescFile) => void;
  /** Changes the types that a file can refer to. */
  readonly types?: (types: TypeMap, file: DescFile) => TypeMap;
  /** Changes the code of a file. */
  readonly code?: (code: string, file: DescFile, contracts: Contracts) => string;
}

/** Fails a generation whose code a patch does not recognize: a newer ts-proto prints something else. */
export function assertOutput(isKnown: boolean, file: DescFile, what: string): asserts isKnown {
  if (!isKnown) throw new Error(`${file.proto.name}: the output of ts-proto changed: ${what}; adapt the patch`);
}
