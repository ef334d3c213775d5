import type { Case } from "./cases.ts";
import { createRepository } from "./repository.ts";

const head = `syntax = "proto3";

package shop.v1;

import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";
import "mesh/v1/options.proto";

`;

/**
 * What is printed for each case, without the file's name. All are compared at once, each as a package of its own: one
 * comparison takes as long as a hundred.
 */
export async function breaksOf(cases: readonly Case[]): Promise<string[][]> {
  await using repository = await createRepository();
  const files = (pick: (one: Case) => string) =>
    Object.fromEntries(cases.map((one, index) => [pathOf(index), sourceOf(pick(one), index)]));
  await repository.write(files(({ before }) => before));
  await repository.commit("Before");
  await repository.write(files(({ after }) => after));
  const { stdout, stderr } = await repository.breaking();
  if (stderr) throw new Error(stderr);
  const short = (await repository.git("rev-parse", "HEAD")).slice(0, 9);
  return cases.map((_, index) => {
    const own = stdout.split("\n").filter((line) => line.startsWith(`${pathOf(index)}:`));
    return own.map((line) => unnamed(line, index).replaceAll(short, "COMMIT"));
  });
}

/** The contract of a case: as long as `shop`, so that columns stay. */
function packageOf(index: number): string {
  return `s${100 + index}`;
}

function pathOf(index: number): string {
  return `proto/${packageOf(index)}/v1/shop.proto`;
}

function sourceOf(body: string, index: number): string {
  return `${head}${body}`.replaceAll("shop.v1", `${packageOf(index)}.v1`);
}

function unnamed(line: string, index: number): string {
  return line.slice(pathOf(index).length + 1).replaceAll(`${packageOf(index)}.v1`, "shop.v1");
}
