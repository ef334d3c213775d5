import { CommandError, runCommand } from "@mesh/codegen/command";
import { positive } from "../call/flags.ts";
import { type Catalogue, readCatalogue } from "../contracts/catalogue.ts";
import { connectionHelp, connectionOptions, exitCodes, type MeshAccess, meshAccess } from "../settings.ts";
import { withCredentials } from "../with-mesh.ts";
import { withNats } from "../with-nats.ts";
import { type Choice, type Report, reportOf, textOf } from "./report.ts";
import { type Sample, Sampler } from "./sampler.ts";
import { openScreen, wait } from "./screen.ts";

const help = `Shows the calls that the services get, by method: how many end in a second, how many of them with an error, how long they take,
how many run now, and how many are rejected because there is no room. The numbers are those of all replicas in the registry.

  npm run mesh -- top
  npm run mesh -- top <service>

It measures again and again until q or Ctrl-C. If the output is no terminal, it measures once.

  --interval <n>  the seconds between two measurements; default: 2
  --once          measure once, and end
  --all           list methods without calls, too
${connectionHelp}
The caller must be an operator of the mesh: in development the developer, with NODE_ENV=production those in MESH_OPERATORS.

Exit codes: 0 done; 2 wrong usage; 3 the mesh can't be reached, or no process of it reports its calls.
`;

/** Runs the command `top`. Returns the exit code. */
export function topCommand(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: {
      ...connectionOptions,
      interval: { type: "string", default: "2" },
      once: { type: "boolean" },
      all: { type: "boolean" },
    },
    takesArguments: true,
    async run(flags, root, [service, ...more]) {
      if (more.length > 0) throw new CommandError(`unexpected argument "${more[0]}": top takes one service`);
      const intervalMs = positive("--interval", flags.interval, 60) * 1_000;
      const options = {
        intervalMs,
        choice: { service, isAll: flags.all === true },
        catalogue: readCatalogue(flags.contracts),
      };
      const isOnce = flags.json || flags.once || !process.stdout.isTTY;
      const access = meshAccess(flags, root);
      const report = await withSampler(access, (sampler) =>
        isOnce ? measureOnce(sampler, options) : follow(sampler, options),
      );
      const text = report ? textOf(report) : "";
      return { output: flags.json ? `${JSON.stringify(report, undefined, 2)}\n` : text, exitCode: exitCodes.done };
    },
  });
}

interface Options {
  readonly intervalMs: number;
  readonly choice: Choice;
  readonly catalogue: Catalogue;
}

function withSampler<T>(access: MeshAccess, work: (sampler: Sampler) => Promise<T>): Promise<T> {
  return withCredentials(access, (credentials) =>
    withNats(access, async (bus) => {
      const sampler = new Sampler(bus, credentials);
      try {
        return await work(sampler);
      } finally {
        await sampler.close();
      }
    }),
  );
}

async function measureOnce(sampler: Sampler, { intervalMs, choice, catalogue }: Options): Promise<Report> {
  const before = checked(await sampler.sample(), choice);
  await wait(intervalMs);
  return reportOf(before, await sampler.sample(), catalogue, choice);
}

/** Shows a report after the other until the user ends it. */
async function follow(sampler: Sampler, { intervalMs, choice, catalogue }: Options): Promise<undefined> {
  let before = checked(await sampler.sample(), choice);
  const screen = openScreen();
  screen.show("measuring …");
  try {
    for (await wait(intervalMs, screen.ended); !screen.ended.aborted; await wait(intervalMs, screen.ended)) {
      try {
        const after = await sampler.sample();
        screen.show(`${textOf(reportOf(before, after, catalogue, choice))}\nq ends it`);
        before = after;
      } catch (error) {
        // It may respond again.
        if (!(error instanceof CommandError)) throw error;
        screen.show(`${error.message}\n\nq ends it`);
      }
    }
  } finally {
    screen.close();
  }
}

/** Ensures that there is something to measure. @throws CommandError */
function checked(sample: Sample, { service }: Choice): Sample {
  const { services, processes, failed } = sample;
  if (services.length === 0) throw new CommandError("no service has a replica in the registry", exitCodes.unreachable);
  if (service !== undefined && !services.includes(service)) {
    throw new CommandError(`${service} has no replica in the registry: there are ${services.join(", ")}`);
  }
  if (processes.size === 0) throw new CommandError(failed.join("\n"), exitCodes.unreachable);
  return sample;
}
