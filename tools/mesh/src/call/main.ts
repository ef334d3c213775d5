import { CommandError, runCommand } from "@mesh/codegen/command";
import { MeshError } from "@mesh/contracts";
import { readCatalogue } from "../contracts/catalogue.ts";
import { findMethod } from "../contracts/find-method.ts";
import { definitionOf } from "../contracts/json-service.ts";
import { methodHelp } from "../contracts/method-help.ts";
import { connectionHelp, exitCodes } from "../settings.ts";
import { withUpstream } from "../with-mesh.ts";
import { errorJson, errorText } from "./error-text.ts";
import { callAccess, callHelp, callOptions, callOptionsOf } from "./flags.ts";
import { readRequests, send } from "./send.ts";

const help = `Calls a method of a service, with the developer's certificate.

  npm run mesh -- call <service>/<method> [json]
  npm run mesh -- call <service>/<method> --help    describe the method and its messages

  json     the request; default: {}. - reads standard input: for a method that takes a stream, one request a line

A response is printed as JSON. Of a method that streams responses, each is a line.

${callHelp}${connectionHelp}
Exit codes: 0 the call succeeded; 1 it failed: its code, reason and text are on standard error, with --json as JSON; 2 wrong usage, or
no such method; 3 the mesh can't be reached.
`;

/** Runs the command `call`. Returns the exit code. */
export async function callCommand(args: readonly string[]): Promise<number> {
  const wantsHelp = args.includes("--help") || args.includes("-h");
  const ofMethod = wantsHelp && args[0]?.startsWith("-") === false;
  return runCommand(ofMethod ? args.filter((argument) => !/^(--help|-h)$/.test(argument)) : args, {
    help,
    options: callOptions,
    takesArguments: true,
    async run(flags, root, [name = "", json, ...more]) {
      if (more.length > 0) throw new CommandError(`unexpected argument "${more[0]}": quote the JSON of the request`);
      const catalogue = readCatalogue(flags.contracts);
      const found = findMethod(catalogue, name);
      if (wantsHelp) return { output: methodHelp(found, root), exitCode: exitCodes.done };
      const access = callAccess(flags, root);
      const options = callOptionsOf(flags);
      const requests = await readRequests(found, json, catalogue);
      const isCompact = flags.json === true;
      const failure = await withUpstream(access, definitionOf(found), (upstream) =>
        failureOf(send(upstream, found, requests, options, { catalogue, isCompact })),
      );
      if (!failure) return { output: "", exitCode: exitCodes.done };
      process.stderr.write(isCompact ? errorJson(failure) : errorText(failure));
      return { output: "", exitCode: exitCodes.failed };
    },
  });
}

/** Returns why a call has failed; undefined: it has not. */
async function failureOf(call: Promise<void>): Promise<MeshError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof MeshError) return error;
    throw error;
  }
}
