import type { CodeGeneratorRequest } from "@bufbuild/protobuf/wkt";
import { meshPlugin } from "../src/plugin/plugin.ts";
import { pluginRequest } from "./compile.ts";

/** Contracts that were compiled together. */
export interface Contracts {
  readonly request: CodeGeneratorRequest;
  /** Returns the package of a contract, without the version. */
  packageOf(index: number): string;
  /** Generates the code of a contract. */
  generate(index: number): ReturnType<typeof meshPlugin.run>;
  /** Returns the problems of a contract, with `shop` as its package; empty if it has none. */
  problemsOf(index: number): string;
}

/**
 * Compiles contracts of the package `shop.v1`. Each gets a package of its own, because one run of buf takes as long for one as for
 * thirty.
 */
export async function compileContracts(sources: readonly string[]): Promise<Contracts> {
  // As long as `shop`, so that columns stay the same.
  const packageOf = (index: number) => `s${100 + index}`;
  const fileOf = (index: number) => `${packageOf(index)}/v1/shop.proto`;
  const files = sources.map((source, index) => [fileOf(index), source.replaceAll("shop.v1", `${packageOf(index)}.v1`)]);
  const request = await pluginRequest(Object.fromEntries(files));
  const generate = (index: number) => meshPlugin.run({ ...request, fileToGenerate: [fileOf(index)] });
  return {
    request,
    packageOf,
    generate,
    problemsOf(index) {
      try {
        generate(index);
        return "";
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return text.replaceAll(packageOf(index), "shop");
      }
    },
  };
}
