import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { PlopTypes } from "@turbo/gen";
import { type Generator, generators, type Question } from "../../tools/scaffold/src/index.ts";

/** Prompts for the arguments of `npx turbo gen <what>`, then runs `npm run gen -- <what> …`. */
export default function configure(plop: PlopTypes.NodePlopAPI): void {
  const services = readdirSync(join(plop.getDestBasePath(), "services")).sort();
  for (const generator of generators) {
    const { name, description, questions } = generator;
    plop.setGenerator(name, {
      description,
      prompts: questions.map((question) => promptOf(question, services)),
      actions: [(answers) => run(generator, answers)],
    });
  }
}

function promptOf(question: Question, services: string[]): PlopTypes.PromptQuestion {
  const { name, text, kind, preset, choices, wrong } = question;
  const message = `${text}:`;
  if (kind === "yes") return { type: "confirm", name, message, default: preset === "yes" };
  if (name === "service") return { type: "list", name, message, choices: services };
  if (choices) return { type: "list", name, message, choices: [...choices], default: preset };
  // No prompt depends on an earlier answer, because turbo would then accept no arguments.
  return { type: "input", name, message, default: preset, validate: (answer: string) => wrong?.(answer) ?? true };
}

function run({ name, questions }: Generator, answers: PlopTypes.Answers): string {
  const root: string = answers.turbo.paths.root;
  const script = join(root, "tools/scaffold/bin/mesh-gen.mjs");
  const args = questions.flatMap((question) => argumentOf(question, answers[question.name]));
  const { status } = spawnSync(process.execPath, [script, name, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("nothing was written");
  return "written";
}

function argumentOf({ name, kind, flagPerChoice }: Question, answer: unknown): string[] {
  if (kind === "yes") return answer ? [`--${name}`] : [];
  const text = String(answer ?? "");
  if (kind === "word") return [text];
  if (flagPerChoice) return [`--${text}`];
  return text ? [`--${name}=${text}`] : [];
}
