import type { DescFile } from "@bufbuild/protobuf";
import { anyService, callerListsIn, gateway } from "@mesh/codegen/catalogue/callers";
import { eventsOf } from "@mesh/codegen/catalogue/event";
import { type MeshOptions, optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOfOption } from "@mesh/codegen/position";
import { acceptanceOf } from "../contracts/acceptance.ts";
import type { Contracts } from "../contracts/compile.ts";
import type { SourceTree } from "../contracts/source-path.ts";
import type { AccessProblem } from "./access-problem.ts";

/**
 * Finds names in lists of callers and consumers that no service of the repository has. A service of another repository is accepted with a
 * reason in a comment.
 */
export function unknownNames({ registry, options, names }: Contracts, tree: SourceTree): AccessProblem[] {
  const namesIn = (files: Iterable<DescFile>) =>
    [...files].flatMap((file) => file.services.map((service) => names.serviceName(service)));
  const own = [...registry.files].filter(tree.isOwn);
  const known = new Set([...namesIn(registry.files), anyService, gateway]);
  const proposed = [...new Set(namesIn(own))].sort().join(", ");
  return own
    .flatMap((file) => [...callerListsIn(file, options), ...consumerListsIn(file, options)])
    .flatMap(({ desc, names: listed, option }) => {
      const unknown = listed.filter((name) => !known.has(name)).map((name) => JSON.stringify(name));
      if (unknown.length === 0 || acceptanceOf("elsewhere", desc)) return [];
      const problem = `${desc.kind === "message" ? "consumers" : "callers"}: ${unknown.join(", ")} names no service of this repository`;
      const fix = `use one of ${proposed}, or comment // mesh:elsewhere <reason> if it is in another repository`;
      const { file, line, column } = positionOfOption(desc, option);
      return [{ path: tree.paths.get(file) ?? file, line, column, text: `${problem}: ${fix}` }];
    });
}

function consumerListsIn(file: DescFile, options: MeshOptions) {
  return eventsOf(file, options).map(({ message, consumers }) => {
    return { desc: message, names: consumers, option: optionPaths.eventConsumers };
  });
}
