import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type DescMessage, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { eventsOf } from "@mesh/codegen/catalogue/event";
import { CommandError, runCommand } from "@mesh/codegen/command";
import { type Contracts, compileContracts, withScratchFolder } from "../contracts/compile.ts";
import { sourceTree } from "../contracts/source-path.ts";
import { type Golden, goldenFileOf, goldenProblem, readGolden, writeGolden } from "./golden-file.ts";

const help = `Checks that the contracts still read the events that released versions have sent: their golden bytes.

  npm run contracts:golden
  npm run contracts:golden -- add <event> <json>

  add  keep the bytes of an event beside its contract, such as in proto/orders/v1/golden/OrderPlaced.json. Do it for each new event,
       and again when it gets a field. Bytes that were released are never changed

  --help  print this

Exit codes: 0 all events are read; 1 some are not, or have no golden bytes; 2 the contracts do not compile, or wrong usage.
`;

/** An event of this repository, and the file with its golden bytes. */
interface OwnEvent {
  readonly desc: DescMessage;
  readonly file: string;
}

/** Checks or adds golden bytes from the command line. Returns the exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: {},
    takesArguments: true,
    run: (_, root, [action, name, json, ...more]) =>
      withScratchFolder(async (folder) => {
        const contracts = await compileContracts(root, join(folder, "contracts.binpb"), "the working tree");
        const events = await ownEvents(contracts);
        if (action === undefined) return { output: await check(contracts, events), exitCode: 0 };
        const isUsage = action === "add" && name !== undefined && json !== undefined && more.length === 0;
        if (!isUsage) throw new CommandError("wrong usage: see npm run contracts:golden -- --help");
        return { output: await add(contracts, events, name, json), exitCode: 0 };
      }),
  });
}

async function ownEvents({ root, registry, options }: Contracts): Promise<OwnEvent[]> {
  const { paths, isOwn } = await sourceTree(root, registry);
  const files = [...registry.files].filter(isOwn);
  return files.flatMap((file) =>
    eventsOf(file, options).map(({ message }) => {
      return { desc: message, file: goldenFileOf(root, paths.get(file.proto.name) ?? "", message) };
    }),
  );
}

async function check({ root, registry }: Contracts, events: readonly OwnEvent[]): Promise<string> {
  const found = await Promise.all(
    events.map(async ({ desc, file }) => {
      const all = await readGolden(file);
      const hint = `write them by npm run contracts:golden -- add ${desc.name} '{…}'`;
      if (all.length === 0) return [`${desc.typeName} has no golden bytes: ${hint}`];
      return all.flatMap((golden, at) => {
        const problem = goldenProblem(desc, golden, registry);
        return problem ? [`${relative(root, file)}: version ${at + 1} of ${desc.typeName} ${problem}`] : [];
      });
    }),
  );
  const problems = found.flat();
  if (problems.length > 0) throw new CommandError(problems.join("\n"), 1);
  return `the contracts read the golden bytes of ${events.length} events\n`;
}

async function add(
  { root, registry }: Contracts,
  events: readonly OwnEvent[],
  name: string,
  text: string,
): Promise<string> {
  const event = events.find(({ desc }) => desc.name === name || desc.typeName === name);
  if (!event) throw new CommandError(`the contracts have no event "${name}"`);
  const golden = goldenOf(event.desc, text, registry);
  const problem = goldenProblem(event.desc, golden, registry);
  if (problem) throw new CommandError(`the event ${problem}`);
  await mkdir(dirname(event.file), { recursive: true });
  await writeGolden(event.file, [...(await readGolden(event.file)), golden]);
  return `${relative(root, event.file)} has the bytes\n`;
}

function goldenOf(desc: DescMessage, text: string, registry: Contracts["registry"]): Golden {
  try {
    const message = fromJson(desc, JSON.parse(text) as JsonValue, { registry });
    return {
      bytes: Buffer.from(toBinary(desc, message)).toString("base64"),
      json: toJson(desc, message, { registry }),
    };
  } catch (error) {
    throw new CommandError(`not a ${desc.typeName} in JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
