import type { DescFile } from "@bufbuild/protobuf";
import type { Schema } from "@bufbuild/protoplugin";
import type { Validator } from "@bufbuild/protovalidate";
import type { MeshOptions } from "../catalogue/options.ts";
import type { ServiceNames } from "../catalogue/service-name.ts";
import type { Problem } from "../problem.ts";

/** The input of all generators. */
export interface Generation {
  readonly schema: Schema;
  /** The files to generate code for. */
  readonly files: readonly DescFile[];
  readonly options: MeshOptions;
  readonly names: ServiceNames;
  /** Validates messages of the contracts by their rules. */
  readonly validator: Validator;
  /** The problems of the contracts, which the generators add to. Any problem fails the generation. */
  readonly problems: Problem[];
}
