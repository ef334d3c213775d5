import { join } from "node:path";
import { rolesOf } from "@mesh/codegen/catalogue/roles";
import { CommandError, runCommand } from "@mesh/codegen/command";
import { compileContracts, withScratchFolder } from "../contracts/compile.ts";
import { sourceTree } from "../contracts/source-path.ts";
import { readApps } from "./app.ts";
import { deniedCallers } from "./denied-callers.ts";
import { deniedEvents } from "./denied-events.ts";
import { deniedJobs, jobsText } from "./denied-jobs.ts";
import { unknownNames } from "./unknown-names.ts";

const help = `Compares the options callers and consumers of the contracts with the services in services/ and the gateway.
Prints the roles of users with their scopes, and the jobs: which service does each, and where it is enqueued. Lists names that no
service has, upstreams of which a service may call no method, calls of methods that their caller may not call, events that are published
by a service that does not own them, events that a service may not consume, jobs that are enqueued by a service without a handler
of them, and jobs that no service does. Each line gives the location and the fix.

  npm run contracts:access

  --help  print this

To accept the name of a service in another repository, give the reason in a comment above the method, the service, the event or the job:

  // mesh:elsewhere billing is a service of another team

Exit codes: 0 every caller is right or accepted; 1 some are not; 2 the contracts do not compile, or wrong usage.
`;

/** Checks who calls what from the command line. Returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: {},
    run: (_, root) =>
      withScratchFolder(async (folder) => {
        const contracts = await compileContracts(root, join(folder, "contracts.binpb"), "the working tree");
        const tree = await sourceTree(root, contracts.registry);
        const apps = await readApps(contracts);
        const problems = [
          ...unknownNames(contracts, tree),
          ...deniedCallers(apps, contracts, tree),
          ...deniedEvents(apps, contracts, tree),
          ...deniedJobs(apps, contracts, tree),
        ];
        problems.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
        const lines = problems.map(({ path, line, column, text }) => `${path}:${line}:${column}: ${text}`);
        const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
        if (lines.length > 0) throw new CommandError([...lines, count].join("\n"), 1);
        const roles = rolesText(rolesOf([...contracts.registry.files], contracts.options));
        return {
          output: `${roles}${jobsText(apps, contracts)}every method is called, every event published and consumed, and every job enqueued and done, by services that may\n`,
          exitCode: 0,
        };
      }),
  });
}

/** Returns a line for each role with its scopes: `clerk  orders:read stock:write`. Empty: no contract declares one. */
function rolesText(roles: ReadonlyMap<string, readonly string[]>): string {
  const width = Math.max(0, ...[...roles.keys()].map((name) => name.length));
  return [...roles].map(([name, scopes]) => `${name.padEnd(width)}  ${scopes.join(" ")}\n`).join("");
}
