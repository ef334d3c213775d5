import { CommandError, runCommand } from "@mesh/codegen/command";
import { MeshError } from "@mesh/contracts";
import { openPolicyStore, type PolicyStore } from "@mesh/events/registry";
import { readCatalogue } from "../contracts/catalogue.ts";
import { connectionHelp, connectionOptions, exitCodes, meshAccess } from "../settings.ts";
import { withNats } from "../with-nats.ts";
import { type Action, actions } from "./actions.ts";

const help = `Reads and changes the policy of the mesh: deadlines, retries, limits, traffic split and faults. A change is active in all
processes within a second.

  npm run mesh -- policy get
  npm run mesh -- policy set <file>
  npm run mesh -- policy diff <file>
  npm run mesh -- policy history
  npm run mesh -- policy rollback [revision]

  get             print the policy that is in force, as YAML
  set             replace it by a file in YAML or JSON; - is standard input. A file that is not valid changes nothing
  diff            compare it with a file
  history         list the revisions that are kept, up to 30
  rollback        write an earlier revision again; default: the valid one before that in force

${connectionHelp}
A policy has rules, each with a selector (service, method, caller) and settings. Of all rules that match a call, the most
specific one decides a setting; proto/mesh/v1/policy.proto has all fields.

  rules:
    - service: orders
      method: GetOrder
      deadline_ms: 500
      retries: { attempts: 2 }
      limits: { in_flight: 100 }
    - service: catalog
      split: { "2": 10 }
    - service: payments
      caller: orders
      fault: { percent: 5, delay_ms: 200, code: UNAVAILABLE }

Exit codes: 0 done, or no difference; 1 there are differences; 2 wrong usage, or a policy that is not valid; 3 the mesh can't be
reached.
`;

/** Runs the command `policy`. Returns the exit code. */
export function policyCommand(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: connectionOptions,
    takesArguments: true,
    async run(flags, root, [name = "", argument, ...more]) {
      const action = actionOf(name);
      if (!action.takes && argument !== undefined) throw usage(`policy ${name} takes no argument "${argument}"`);
      if (more.length > 0) throw usage(`unexpected argument "${more[0]}"`);
      if (action.takes === "file" && argument === undefined) throw usage(`policy ${name} needs a file`);
      const work = await action.prepare(argument, () => readCatalogue(flags.contracts));
      const {
        text,
        json,
        exitCode = exitCodes.done,
      } = await withNats(meshAccess(flags, root), async (bus, signal) =>
        reported(await openPolicyStore(bus, signal), work),
      );
      return { output: flags.json ? `${JSON.stringify(json, undefined, 2)}\n` : text, exitCode };
    },
  });
}

function actionOf(name: string): Action {
  const action = actions.get(name);
  if (action) return action;
  throw usage(name === "" ? "policy needs an action" : `unknown action "${name}"`);
}

function usage(text: string): CommandError {
  return new CommandError(`${text}: see npm run mesh -- policy --help`);
}

async function reported<T>(store: PolicyStore, work: (store: PolicyStore) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } catch (error) {
    if (error instanceof MeshError) throw new CommandError(error.message);
    throw error;
  }
}
