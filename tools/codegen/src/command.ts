import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** An error that a command reports as one message, without a stack trace. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  readonly exitCode: number;

  /** @param exitCode default: 2, wrong usage or nothing to work on */
  constructor(message: string, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/** A command that developers run in the repository. */
export interface Command<T extends Options> {
  /** The text that `--help` prints. */
  readonly help: string;
  /** The flags beside `--help`, as `parseArgs` of Node takes them. */
  readonly options: T;
  /** Whether there may be arguments that are no flags. Default: no. */
  readonly takesArguments?: boolean;
  /**
   * Does the work in a repository.
   *
   * @param root the folder of buf.yaml
   * @param given the arguments that are no flags
   * @throws CommandError to end with a message on stderr
   */
  run(
    values: Values<T>,
    root: string,
    given: readonly string[],
  ): Promise<{ readonly output: string; readonly exitCode: number }>;
}

/** Runs a command and prints its result. Returns the exit code. */
export async function runCommand<const T extends Options>(
  args: readonly string[],
  { help, options, takesArguments = false, run }: Command<T>,
): Promise<number> {
  try {
    if (args.includes("--help") || args.includes("-h")) return print(help, 0);
    const { values, positionals } = readArguments(args, options, takesArguments);
    const { output, exitCode } = await run(values, findRoot(process.cwd()), positionals);
    return print(output, exitCode);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

function readArguments<T extends Options>(args: readonly string[], options: T, allowPositionals: boolean) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals });
  } catch (error) {
    // After the first sentence, Node explains flags in general.
    const [reason] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new CommandError(`${reason}: see --help`);
  }
}

function print(output: string, exitCode: number): number {
  process.stdout.write(output);
  return exitCode;
}

/** Finds the folder of buf.yaml: this one or one above it. */
function findRoot(folder: string): string {
  if (existsSync(join(folder, "buf.yaml"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new CommandError("found no buf.yaml here or above: run this in the repository");
  return findRoot(parent);
}
