import { type Generator, generators, type Question } from "./generators.ts";

/** Returns the help of one generator, or an overview of all. */
export function help(one?: Generator): string {
  return one ? helpOf(one) : overview();
}

function overview(): string {
  const width = Math.max(...generators.map(({ name }) => name.length));
  return [
    "npm run gen -- <what> …     writes code; npx turbo gen <what> prompts for the arguments",
    "",
    ...generators.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
    "",
    "Examples:",
    ...generators.map(({ example }) => `  npm run gen -- ${example}`),
    "",
    "npm run gen -- <what> --help lists the arguments of each.",
    "",
  ].join("\n");
}

function helpOf({ name, description, questions, example }: Generator): string {
  const rows = questions.map((question) => [spelling(question), meaning(question)] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  const words = questions.filter(({ kind }) => kind === "word").map((question) => `<${question.name}>`);
  const inOrder = questions.map((question) => `<${question.name}>`).join(" ");
  return [
    `npm run gen -- ${name} ${words.join(" ")}     ${description}`,
    "",
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    "",
    `Example: npm run gen -- ${example}`,
    `With turbo: npx turbo gen ${name} (prompts), or npx turbo gen ${name} --args ${inOrder}`,
    "",
  ].join("\n");
}

function spelling({ name, kind, choices = [], flagPerChoice }: Question): string {
  if (kind === "word") return `<${name}>`;
  if (flagPerChoice) return choices.map((choice) => `--${choice}`).join(" | ");
  return kind === "yes" ? `--${name}` : `--${name} <${choices.length > 0 ? "choice" : "text"}>`;
}

function meaning({ text, kind, preset, choices, flagPerChoice }: Question): string {
  const all = choices && !flagPerChoice ? `: ${choices.join(", ")}` : "";
  const standard = preset && kind === "text" ? ` (default: ${preset})` : "";
  return `${text}${all}${standard}`;
}
