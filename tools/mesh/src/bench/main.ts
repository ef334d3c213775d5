import { CommandError, runCommand } from "@mesh/codegen/command";
import { callAccess, callHelp, callOptions, callOptionsOf, positive } from "../call/flags.ts";
import { readCatalogue } from "../contracts/catalogue.ts";
import { findMethod } from "../contracts/find-method.ts";
import { definitionOf, requestOf } from "../contracts/json-service.ts";
import { connectionHelp, exitCodes } from "../settings.ts";
import { withUpstream } from "../with-mesh.ts";
import { type Measurement, measure } from "./measure.ts";

const help = `Calls a unary method again and again, and prints calls per second, latencies and errors. It measures the mesh together with this
process, which is one of its callers, on the same machine if the mesh runs here.

  npm run mesh -- bench <service>/<method> [json] --concurrency 32 --seconds 5

  --concurrency <n>       the calls at the same time; default: 16
  --seconds <n>           how long; default: 5. A second of warm-up comes before
  --repeat                accept a method that changes something
${callHelp}${connectionHelp}
Exit codes: 0 all calls succeeded; 1 some failed; 2 wrong usage, or no such method; 3 the mesh can't be reached.
`;

/** Runs the command `bench`. Returns the exit code. */
export function benchCommand(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: {
      ...callOptions,
      concurrency: { type: "string", default: "16" },
      seconds: { type: "string", default: "5" },
      repeat: { type: "boolean" },
    },
    takesArguments: true,
    async run(flags, root, [target = "", json = "", ...more]) {
      if (more.length > 0) throw new CommandError(`unexpected argument "${more[0]}": quote the JSON of the request`);
      const { registry, ...catalogue } = readCatalogue(flags.contracts);
      const found = findMethod({ registry, ...catalogue }, target);
      const { desc, idempotency } = found.method;
      if (desc.methodKind !== "unary") throw new CommandError(`${target} is not unary, which bench needs`);
      if (idempotency !== "no_side_effects" && !flags.repeat) {
        throw new CommandError(`${target} may change something with each call: add --repeat if that is wanted`);
      }
      const concurrency = positive("--concurrency", flags.concurrency, 1_000);
      const seconds = positive("--seconds", flags.seconds, 3_600);
      const request = requestOf(desc.input, json, registry);
      const options = callOptionsOf(flags);
      const result = await withUpstream(callAccess(flags, root), definitionOf(found), async (upstream) => {
        const call = upstream.method("call");
        return measure(async () => void (await call(undefined, request, options)), { concurrency, seconds });
      });
      const output = flags.json ? `${JSON.stringify(result, undefined, 2)}\n` : textOf(result);
      return { output, exitCode: result.failed > 0 ? exitCodes.failed : exitCodes.done };
    },
  });
}

function textOf({ calls, failed, callsPerSecond, p50Ms, p99Ms, maxMs, errors }: Measurement): string {
  return [
    `${callsPerSecond} calls/s, ${calls} calls, ${failed} failed`,
    `p50 ${p50Ms} ms, p99 ${p99Ms} ms, slowest ${maxMs} ms`,
    ...Object.entries(errors).map(([error, count]) => `${count} × ${error}`),
    "",
  ].join("\n");
}
