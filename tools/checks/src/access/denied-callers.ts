import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { callersOf, isCaller } from "@mesh/codegen/catalogue/callers";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOfOption } from "@mesh/codegen/position";
import type { Contracts } from "../contracts/compile.ts";
import type { SourceTree } from "../contracts/source-path.ts";
import type { AccessProblem } from "./access-problem.ts";
import type { App } from "./app.ts";

/** Finds upstreams of which an app may call no method, and calls of methods that it may not call. */
export function deniedCallers(apps: readonly App[], contracts: Contracts, tree: SourceTree): AccessProblem[] {
  const { options, names } = contracts;
  const mayCall = (app: App, method: DescMethod) =>
    app.names.some((name) => isCaller(name, callersOf(method, options)));
  const placeOf = (desc: DescService | DescMethod, option: readonly number[]) => {
    const { file, line } = positionOfOption(desc, option);
    return `${tree.paths.get(file) ?? file}:${line}`;
  };
  return apps.flatMap((app) => {
    const caller = app.names.join(", ");
    const fix = (place: string) => `add ${JSON.stringify(app.names[0])} to the callers in ${place}`;
    const upstreams = app.upstreams.filter(({ desc }) => !desc.methods.some((method) => mayCall(app, method)));
    const calls = app.calls.filter(
      ({ desc }) => !upstreams.some((one) => one.desc === desc.parent) && !mayCall(app, desc),
    );
    return [
      ...upstreams.map(({ desc, ...place }) => {
        const problem = `${caller} has the upstream ${names.serviceName(desc)}, but may call no method of it`;
        const where = placeOf(desc, optionPaths.serviceCallers);
        return { ...place, text: `${problem}: ${fix(where)}, or remove it from peers` };
      }),
      ...calls.map(({ desc, ...place }) => {
        const problem = `${caller} may not call ${desc.name} of ${names.serviceName(desc.parent)}`;
        const where = placeOf(desc, optionPaths.methodCallers);
        return { ...place, text: `${problem}: ${fix(where)}, or remove the call` };
      }),
    ];
  });
}
