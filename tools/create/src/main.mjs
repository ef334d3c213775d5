import { join, relative, resolve } from "node:path";
import { cwd, stderr, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createProject } from "./create.mjs";
import { examples } from "./example.mjs";
import { ProjectError } from "./project.mjs";
import { readSource } from "./source.mjs";

const help = `Starts a project with Typemesh.

  npm create typemesh <folder> -- [--example <name>] [--no-install]

  <folder>             where the project goes; its last part is the name of the project
  --example minimal    one service in one file, the gateway, and a page of 30 lines; the default
  --example none       the gateway, without services and a page
  --example shop       four services, a gateway, a shop in the browser, and their tests
  --no-install         leaves the packages to "npm install"

Exit codes: 0 the project is there; 1 it could not be made; 2 an argument is wrong.
`;

/**
 * Runs the command.
 *
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function main(args) {
  const parsed = parse(args);
  if (parsed === "help") return end(0, help);
  if (typeof parsed === "string") return end(2, `${parsed}\n\n${help}`);
  const { folder, example, install } = parsed;
  const startedAt = Date.now();
  try {
    createProject(readSource(repository), { folder, example, install, report });
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    return end(1, `${error.message}\n`);
  }
  const path = relative(cwd(), resolve(folder)) || ".";
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  stdout.write(
    `\nThe project is in ${path} (${seconds} s). Next:\n\n  cd ${path}\n${install ? "" : "  npm install\n"}  npm start\n`,
  );
  return 0;
}

/** The folder of Typemesh. */
const repository = join(fileURLToPath(import.meta.url), "../../../..");

/** @param {string} line */
function report(line) {
  stdout.write(`✓ ${line}\n`);
}

/** @param {number} code @param {string} text */
function end(code, text) {
  (code === 0 ? stdout : stderr).write(text);
  return code;
}

/**
 * @param {readonly string[]} args
 * @returns {{ folder: string, example: import("./example.mjs").Example, install: boolean } | string} a string says what is
 *   wrong, or is `help`
 */
function parse(args) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        example: { type: "string", default: "minimal" },
        "no-install": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const [folder, another] = positionals;
    if (folder === undefined) return "the folder is missing";
    if (another !== undefined) return `unexpected argument "${another}"`;
    const example = examples.find((name) => name === values.example);
    if (!example) return `there is no example "${values.example}": use ${examples.join(", ")}`;
    return { folder, example, install: !values["no-install"] };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
