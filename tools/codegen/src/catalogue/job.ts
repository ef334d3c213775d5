import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import type { Problem } from "../problem.ts";
import { type JobOption, type MeshOptions, optionPaths } from "./options.ts";

/** A job: the message of its payload, that of its result, and how it is tried. */
export interface CatalogueJob {
  readonly message: DescMessage;
  /** Undefined: it returns nothing. */
  readonly result: DescMessage | undefined;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly retryDelaySeconds: number;
}

const defaults = { timeoutMs: 60_000, attempts: 5, retryDelaySeconds: 1 };

/** The limits of the fields. Source: the library of jobs gives an attempt less than a day. */
const limits = [
  ["timeoutMs", "timeout_ms", 82_800_000, optionPaths.jobTimeout],
  ["attempts", "attempts", 100, optionPaths.jobAttempts],
  ["retryDelaySeconds", "retry_delay_seconds", 86_400, optionPaths.jobRetryDelay],
] as const;

/** Returns the jobs that a file declares, without checking them: see `checkJobs`. */
export function jobsOf(file: DescFile, files: readonly DescFile[], options: MeshOptions): CatalogueJob[] {
  return jobOptionsIn(file, options).map(({ message, option }) => ({
    message,
    result: resultOf(message, option, files),
    timeoutMs: option.timeoutMs || defaults.timeoutMs,
    attempts: option.attempts || defaults.attempts,
    retryDelaySeconds: option.retryDelaySeconds || defaults.retryDelaySeconds,
  }));
}

/** Checks the jobs of all files. */
export function checkJobs(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const { message, option } of files.flatMap((file) => jobOptionsIn(file, options))) {
    const report = (text: string, path: readonly number[]) => problems.push({ desc: message, text, option: path });
    if (options.event(message)) {
      report(`${message.name} is an event and a job: declare a message of its own for the job`, optionPaths.job);
    }
    if (option.result && !resultOf(message, option, files)) {
      const text = `the job's result ${JSON.stringify(option.result)} names no message of ${message.file.proto.package}`;
      report(`${text}: declare it, or remove result`, optionPaths.jobResult);
    }
    for (const [key, name, max, path] of limits) {
      if (option[key] > max) report(`the job's ${name} must be at most ${max}, got ${option[key]}`, path);
    }
  }
}

function jobOptionsIn(file: DescFile, options: MeshOptions) {
  return [...nestedTypes(file)].flatMap((message) => {
    const option = message.kind === "message" ? options.job(message) : undefined;
    return message.kind === "message" && option ? [{ message, option }] : [];
  });
}

function resultOf(message: DescMessage, { result }: JobOption, files: readonly DescFile[]): DescMessage | undefined {
  if (result === "") return undefined;
  const packageName = message.file.proto.package;
  const wanted = packageName === "" ? result : `${packageName}.${result}`;
  const types = files
    .filter(({ proto }) => proto.package === packageName)
    .flatMap((file) => [...nestedTypes(file)])
    .filter((type) => type.kind === "message");
  return types.find(({ typeName }) => typeName === wanted);
}
