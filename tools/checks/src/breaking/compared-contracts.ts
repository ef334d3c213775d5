import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { type Contracts, compileContracts } from "../contracts/compile.ts";
import { UserIndex } from "./user-index.ts";

/** One of the two versions of the contracts in a comparison. */
export interface ComparedContracts extends Contracts {
  readonly validator: Validator;
  readonly users: UserIndex;
}

/** Compiles one version of the contracts. For parameters and errors see compileContracts. */
export async function compileCompared(root: string, image: string, name: string): Promise<ComparedContracts> {
  return comparedContracts(await compileContracts(root, image, name));
}

/** Prepares compiled contracts for a comparison. */
export function comparedContracts(contracts: Contracts): ComparedContracts {
  const { registry, options } = contracts;
  return { ...contracts, validator: createValidator({ registry }), users: new UserIndex(registry, options) };
}
