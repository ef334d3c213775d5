import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { routesOf } from "./http.ts";
import type { MeshOptions } from "./options.ts";

/**
 * Checks the messages in the requests and responses of routes: in JSON, a key is the JSON name of a field or its name in the
 * .proto, so it must not mean two fields. buf reports only some of these.
 */
export function checkJsonNames(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  const methods = files.flatMap(({ services }) => services).flatMap(({ methods }) => methods);
  const routed = methods.filter((method) => routesOf(method, options).length > 0);
  const reached = new Set(routed.flatMap(({ input, output }) => [input, output]));
  for (const message of reached) {
    problems.push(...problemsOf(message));
    // Iterating a set includes the elements that are added meanwhile.
    for (const field of message.fields) if (field.message) reached.add(field.message);
  }
}

function problemsOf({ name, fields }: DescMessage): Problem[] {
  return fields.flatMap((field, index) => {
    const { jsonName } = field;
    const other =
      fields.find((one) => one !== field && one.name === jsonName) ??
      fields.slice(0, index).find((one) => field.name !== jsonName && one.jsonName === jsonName);
    const text = `in JSON, "${jsonName}" would be both ${field.name} and ${other?.name} of ${name}`;
    return other ? [{ desc: field, text: `${text}: give ${field.name} another json_name` }] : [];
  });
}
