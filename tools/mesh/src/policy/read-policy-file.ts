import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { CommandError } from "@mesh/codegen/command";
import { MeshError } from "@mesh/contracts";
import type { Policy } from "@mesh/contracts/mesh/v1";
import { readPolicy } from "@mesh/rpc";
import { parse, YAMLParseError } from "yaml";

/** Reads a policy from a file in YAML or JSON; `-` is standard input. @throws CommandError with all faults, one per line */
export async function readPolicyFile(file: string): Promise<Policy> {
  const name = file === "-" ? "standard input" : file;
  const source = file === "-" ? await text(process.stdin) : await readFile(file, "utf8").catch(notReadable(file));
  try {
    return readPolicy(parse(source) ?? {});
  } catch (error) {
    if (error instanceof YAMLParseError) throw new CommandError(`${name}: ${error.message.trimEnd()}`);
    if (error instanceof MeshError) throw new CommandError(faultsOf(error, name));
    throw error;
  }
}

function notReadable(file: string) {
  return (error: NodeJS.ErrnoException): never => {
    throw new CommandError(
      error.code === "ENOENT" ? `there is no file ${file}` : `can't read ${file}: ${error.message}`,
    );
  };
}

function faultsOf({ violations, message }: MeshError, name: string): string {
  const lines = violations.map(({ field, description }) => `${name}: ${field ? `${field}: ` : ""}${description}`);
  return lines.length > 0 ? lines.join("\n") : `${name}: ${message}`;
}
