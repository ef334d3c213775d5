import type { DescFile } from "@bufbuild/protobuf";
import type { Schema } from "@bufbuild/protoplugin";
import type { Validator } from "@bufbuild/protovalidate";
import type { MeshOptions } from "../catalogue/options.ts";
import type { ServiceNames } from "../catalogue/service-name.ts";
import type { Problem } from "../problem.ts";

/** What the generators of all kinds of files work with. */
export interface Generation {
  readonly schema: Schema;
  /** The files to generate code for. */
  readonly files: readonly DescFile[];
  readonly options: MeshOptions;
  readonly names: ServiceNames;
  /** Judges messages of the contracts by their rules. */
  readonly validator: Validator;
  /** Collects what is wrong with the contracts; anything in it fails the generation. */
  readonly problems: Problem[];
}
