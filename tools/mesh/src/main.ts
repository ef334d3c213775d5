import { nearest } from "@mesh/codegen/generate/nearest";
import { benchCommand } from "./bench/main.ts";
import { callCommand } from "./call/main.ts";
import { eventsCommand } from "./events/main.ts";
import { jobsCommand } from "./jobs/main.ts";
import { schedulesCommand } from "./jobs/schedules.ts";
import { policyCommand } from "./policy/main.ts";
import { nodesCommand } from "./registry/nodes.ts";
import { servicesCommand } from "./registry/services.ts";
import { exitCodes } from "./settings.ts";
import { topCommand } from "./top/main.ts";

const commands: ReadonlyMap<string, (args: readonly string[]) => Promise<number>> = new Map([
  ["nodes", nodesCommand],
  ["services", servicesCommand],
  ["call", callCommand],
  ["bench", benchCommand],
  ["top", topCommand],
  ["policy", policyCommand],
  ["jobs", jobsCommand],
  ["schedules", schedulesCommand],
  ["events", eventsCommand],
]);

const help = `Looks at a running mesh, and changes its policy, jobs and schedules.

  npm run mesh -- nodes     list the replicas in the registry
  npm run mesh -- services  list the services and their methods
  npm run mesh -- call      call a method
  npm run mesh -- bench     measure a method
  npm run mesh -- top       show the calls of all services
  npm run mesh -- policy    read and change deadlines, retries, limits, traffic split and faults
  npm run mesh -- jobs      show, cancel and retry jobs
  npm run mesh -- schedules show, pause and cancel schedules
  npm run mesh -- events    list, print and publish events, and replay those that could not be handled

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
