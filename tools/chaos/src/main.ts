import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stderr, stdout } from "node:process";
import { help, type Options, readOptions } from "./options.ts";
import { countViolations, tableOf } from "./report/table.ts";
import { timelineOf } from "./report/timeline.ts";
import { type Result, run } from "./run.ts";

/** Runs `npm run chaos`. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = readOptions(args);
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n\n${help}`);
    return 2;
  }
  if (!options) {
    stdout.write(help);
    return 0;
  }
  stderr.write(`seed ${options.seed}\n`);
  try {
    const result = await run({ ...options, note: (line) => stderr.write(`${line}\n`) });
    await write(result, options);
    return result.violations.length + result.unfinished.length === 0 ? 0 : 1;
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return 1;
  }
}

async function write(result: Result, { json, svg, logs }: Options): Promise<void> {
  await mkdir(dirname(svg), { recursive: true });
  await writeFile(svg, timelineOf(result));
  if (logs) {
    await mkdir(logs, { recursive: true });
    for (const [name, text] of Object.entries(result.logs)) await writeFile(join(logs, `${name}.log`), text);
  }
  const violations = countViolations(result);
  (json ? stderr : stdout).write(`${tableOf(result)}\n${svg}\n`);
  const { orders, faults } = result;
  if (json) stdout.write(`${JSON.stringify({ orders, faults: faults.length, violations })}\n`);
}
