#!/usr/bin/env node
// Writes the next SQL migration of a service, or of the gateway: the difference between src/schema.ts and the last one.
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { currentSnapshot, entriesOf, generate, isSame, lastSnapshot } from "./drizzle-kit.mjs";
import { dropNewTables } from "./new-tables.mjs";
import { renameQuestions } from "./rename-questions.mjs";

const usage = `npm run migration -- <service> <name>   writes the next SQL migration, such as: orders add_discounts
npm run migration -- <service> --check  ends with 1 if src/schema.ts differs from the migrations

<service> is a folder of services/, or gateway. In the folder itself, or with -w <service>, leave it out.
`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) end(0, usage);
const isCheck = args.includes("--check");
const names = args.filter((argument) => argument !== "--check");
const name = isCheck ? undefined : names.pop();
const [service] = names;
if (names.length > 1 || (!isCheck && !/^[a-z][a-z0-9_]*$/.test(name ?? ""))) end(2, `usage:\n${usage}`);

const folder = service ? folderOf(service) : process.cwd();
const migrations = join(folder, "migrations");
if (service && !hasSchema(folder))
  end(2, `no service ${service} has a schema; these have one: ${withSchema().join(", ")}\n`);
const command = `npm run migration -- ${service ?? relative(join(folder, ".."), folder)}`;
if (!hasSchema(folder)) end(2, `there is no src/schema.ts in ${folder}\nusage:\n${usage}`);

try {
  const current = currentSnapshot(folder);
  const last = lastSnapshot(migrations) ?? { tables: {} };
  if (isSame(current, last))
    end(isCheck ? 0 : 1, "src/schema.ts does not differ from the migrations, so none was written\n");
  if (isCheck) end(1, `src/schema.ts differs from the migrations: ${command} <name> writes the next one\n`);
  write(current, last);
} catch (error) {
  end(1, `${error.message}\n`);
}

function folderOf(name) {
  return name === "gateway" ? join(process.cwd(), name) : join(process.cwd(), "services", name);
}

function hasSchema(folder) {
  return existsSync(join(folder, "src/schema.ts"));
}

/** Returns the names of the apps of this repository that have a schema. */
function withSchema() {
  const services = join(process.cwd(), "services");
  const names = existsSync(services) ? readdirSync(services) : [];
  return [...names, "gateway"].filter((name) => hasSchema(folderOf(name)));
}

function write(current, last) {
  const before = entriesOf(migrations).length;
  if (!dropNewTables({ folder, migrations, name, current, last })) {
    const questions = renameQuestions(current, last);
    if (questions.length > 0 && !(process.stdin.isTTY && process.stdout.isTTY)) end(1, explained(questions));
    generate(folder, migrations, name, "inherit");
  }
  if (entriesOf(migrations).length === before) end(1, "no migration was written\n");
}

function explained(questions) {
  return `no migration was written: without a terminal, there is no way to ask if something was renamed:
${questions.map((question) => `  ${question}`).join("\n")}
Run it in a terminal. Or write two migrations: add the new ones first, then remove the old ones.
`;
}

function end(code, text) {
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exit(code);
}
