import { runCommand } from "@mesh/codegen/command";
import { registeredReplicas } from "@mesh/events/registry";
import { connectionHelp, connectionOptions, exitCodes, meshAccess } from "../settings.ts";
import { table } from "../table.ts";
import { withNats } from "../with-nats.ts";

const help = `Lists the replicas in the registry of the mesh: where they are, their version, since when they run, and how long ago
NATS received a heartbeat of them, by the clock of this machine. They send one every half second.

  npm run mesh -- nodes

${connectionHelp}
Exit codes: 0 done; 2 wrong usage; 3 the mesh can't be reached.
`;

/** Runs the command `nodes`. Returns the exit code. */
export function nodesCommand(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: connectionOptions,
    async run(flags, root) {
      const replicas = await withNats(meshAccess(flags, root), registeredReplicas);
      const now = Date.now();
      const json = replicas.map(({ heardAt, ...replica }) => ({ ...replica, heartbeatAgeMs: now - heardAt.getTime() }));
      const rows = json.map(({ service, id, address, version, startedAt, heartbeatAgeMs }) => {
        const since = startedAt?.toISOString() ?? "-";
        return [service, address, version || "-", since, `${heartbeatAgeMs} ms`, id];
      });
      const text = table(["service", "address", "version", "since", "heartbeat", "id"], rows);
      return { output: flags.json ? `${JSON.stringify(json, undefined, 2)}\n` : text, exitCode: exitCodes.done };
    },
  });
}
