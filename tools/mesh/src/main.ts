import { nearest } from "@mesh/codegen/generate/nearest";
import { policyCommand } from "./policy/main.ts";
import { exitCodes } from "./settings.ts";

const commands: ReadonlyMap<string, (args: readonly string[]) => Promise<number>> = new Map([
  ["policy", policyCommand],
]);

const help = `Looks at a running mesh, and changes its policy.

  npm run mesh -- policy    read and change deadlines, retries, limits, traffic split and faults

Each command has --help. It finds the mesh that runs in this repository, or by --nats or NATS_URL.
`;

/** Runs the command line `mesh`. Returns the exit code. */
export async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h") {
    process.stdout.write(help);
    return name === undefined ? exitCodes.usage : exitCodes.done;
  }
  const command = commands.get(name);
  if (command) return command(args);
  const meant = nearest(name, commands.keys());
  process.stderr.write(
    `unknown command "${name}"${meant ? `: did you mean ${meant}?` : ": see npm run mesh -- --help"}\n`,
  );
  return exitCodes.usage;
}
