import type { DescMessage } from "@bufbuild/protobuf";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOfOption } from "@mesh/codegen/position";
import type { Contracts } from "../contracts/compile.ts";
import type { SourceTree } from "../contracts/source-path.ts";
import type { AccessProblem } from "./access-problem.ts";
import type { App } from "./app.ts";

/** Finds events that an app publishes without owning them, and those that it consumes without being in their list. */
export function deniedEvents(apps: readonly App[], contracts: Contracts, tree: SourceTree): AccessProblem[] {
  const { options, names } = contracts;
  const ownerOf = (desc: DescMessage) => names.streamOf(desc.file.proto.package).service;
  return apps.flatMap((app) => {
    const service = app.names.join(", ");
    const published = app.published.flatMap(({ desc, ...place }) => {
      if (!options.event(desc) || app.names.includes(ownerOf(desc))) return [];
      const text = `${service} publishes ${desc.name}, which only ${ownerOf(desc)} may: publish an event of its own, or call ${ownerOf(desc)}`;
      return [{ ...place, text }];
    });
    const consumed = app.consumed.flatMap(({ desc, ...place }) => {
      const listed = options.event(desc)?.consumers ?? [];
      if (listed.length === 0 || app.names.some((name) => listed.includes(name))) return [];
      const { file, line } = positionOfOption(desc, optionPaths.eventConsumers);
      const fix = `add ${JSON.stringify(app.names[0])} to the consumers in ${tree.paths.get(file) ?? file}:${line}`;
      return [
        {
          ...place,
          text: `${service} may not consume ${desc.name} of ${ownerOf(desc)}: ${fix}, or remove the handler`,
        },
      ];
    });
    return [...published, ...consumed];
  });
}
