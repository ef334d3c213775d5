import { parseArgs } from "node:util";
import { carryOut } from "./carry-out.ts";
import { readContracts } from "./contract/contracts.ts";
import { createDraft } from "./draft.ts";
import { GeneratorError } from "./generator-error.ts";
import { type Generator, generators, type Question } from "./generators.ts";
import { help } from "./help.ts";
import { planError } from "./kinds/error.ts";
import { planEvent } from "./kinds/event.ts";
import { planJob } from "./kinds/job.ts";
import type { Plan, Workshop } from "./kinds/plan.ts";
import { planRpc } from "./kinds/rpc.ts";
import { planService } from "./kinds/service.ts";
import { missingCases } from "./missing-cases.ts";

const plans: Readonly<Record<string, (workshop: Workshop) => Promise<Plan>>> = {
  service: planService,
  rpc: planRpc,
  event: planEvent,
  job: planJob,
  error: planError,
};

/** The error for wrong arguments. The exit code is 2. */
class UsageError extends Error {}

/** Runs a generator from the command line. Returns the exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  const [name = "", ...rest] = args;
  const generator = generators.find((one) => one.name === name);
  if (args.length === 0 || name === "--help" || name === "-h") return print(help(), args.length === 0 ? 2 : 0);
  if (rest.some((argument) => argument === "--help" || argument === "-h")) return print(help(generator), 0);
  try {
    if (!generator) throw new UsageError(`unknown generator "${name}": see npm run gen -- --help`);
    return await generate(generator, answersOf(generator, rest), root);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof GeneratorError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function generate({ name }: Generator, answers: Readonly<Record<string, string>>, root: string): Promise<number> {
  const draft = createDraft(root);
  const plan = await plans[name]?.({ draft, contracts: await readContracts(root), answers });
  if (!plan) return 1;
  await carryOut(draft, plan);
  const files = [
    ...[...draft.created.keys()].map((path) => `+ ${path}`),
    ...(plan.migrates ? [`+ services/${plan.migrates.service}/migrations`] : []),
    ...[...draft.edits.keys()].map((path) => `~ ${path}`),
    ...(plan.links ? ["~ package-lock.json"] : []),
  ];
  const open = plan.newReason ? await missingCases(root, plan.newReason) : [];
  return print([...files, ...[...plan.next, ...open].map((line) => `→ ${line}`), ""].join("\n"), 0);
}

function print(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

/** Reads the arguments of a generator. @throws UsageError */
function answersOf({ name, questions }: Generator, args: readonly string[]): Record<string, string> {
  const { values, positionals } = parsed(questions, name, args);
  const words = questions.filter(({ kind }) => kind === "word");
  const surplus = positionals[words.length];
  if (surplus !== undefined) throw usage(name, `unexpected argument "${surplus}"`);
  const entries = questions.map((question) => {
    const given = question.kind === "word" ? positionals[words.indexOf(question)] : flagOf(question, values);
    return [question.name, checked(question, given, name)] as const;
  });
  return Object.fromEntries(entries);
}

type Flags = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function parsed(questions: readonly Question[], name: string, args: readonly string[]) {
  const options = questions
    .filter(({ kind }) => kind !== "word")
    .flatMap(({ name: flag, kind, choices = [], flagPerChoice }) => {
      if (flagPerChoice) return choices.map((choice) => [choice, { type: "boolean", multiple: false }] as const);
      // Without `multiple`, the last of several values would hide the others.
      return [[flag, { type: kind === "yes" ? "boolean" : "string", multiple: kind !== "yes" }] as const];
    });
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(options), allowPositionals: true });
  } catch (error) {
    // After the first sentence, Node explains flags in general.
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw usage(name, `${reason}: the options are ${options.map(([flag]) => `--${flag}`).join(", ")}`);
  }
}

function flagOf({ name, choices = [], flagPerChoice, isList }: Question, values: Flags): string | undefined {
  if (flagPerChoice) {
    const given = choices.filter((choice) => values[choice]);
    return given.length > 1 ? given.join(" and ") : given[0];
  }
  const value = values[name];
  if (typeof value === "string" || value === undefined) return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value.join(isList ? "," : " and ");
}

function checked({ name, text, preset, choices, wrong }: Question, given: string | undefined, of: string): string {
  const answer = given ?? preset;
  if (answer === undefined) throw usage(of, `the argument ${name} is missing: ${text}`);
  if (choices && !choices.includes(answer))
    throw usage(of, `${name} is "${answer}", must be one of ${choices.join(", ")}`);
  const problem = wrong?.(answer);
  if (problem) throw usage(of, problem);
  return answer;
}

function usage(name: string, text: string): UsageError {
  return new UsageError(`${text}\nsee npm run gen -- ${name} --help, or use the prompts of npx turbo gen ${name}`);
}
