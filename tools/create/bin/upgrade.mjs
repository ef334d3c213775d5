// `npm run upgrade`: merges another version of Typemesh into this project.
import { dirname, join } from "node:path";
import { argv, exit, stderr, stdout } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ProjectError } from "../src/project.mjs";
import { fetchSource } from "../src/upgrade/fetch-source.mjs";

const help = `Merges another version of Typemesh into this project: what changed in shared/, tools/, gateway/ and the settings, with your changes
kept. Files that both changed in the same lines get conflicts, as with git merge. Then your files are changed as the version needs,
packages are installed, and npm run check decides: if it fails, everything is as before.

  npm run upgrade -- <tarball, git URL or folder> [--dry-run]

  --dry-run  reports what would happen, and changes nothing

A git URL may have a tag or a branch after #. Exit codes: 0 done; 1 there are conflicts, or it is not possible; 2 an argument is wrong.
`;

const args = argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  stdout.write(help);
  exit(0);
}
const unknown = args.find((argument) => argument.startsWith("-") && argument !== "--dry-run");
const [source, another] = args.filter((argument) => !argument.startsWith("-"));
if (unknown !== undefined || another !== undefined || source === undefined) {
  const wrong = source === undefined ? "the source is missing" : `unexpected argument "${unknown ?? another}"`;
  stderr.write(`${wrong}\n\n${help}`);
  exit(2);
}
const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
try {
  const { folder, remove } = fetchSource(source);
  try {
    // The new version knows best how to upgrade to itself.
    const { upgrade } = await import(pathToFileURL(join(folder, "tools/create/src/upgrade/main.mjs")).href);
    process.exitCode = await upgrade(root, folder, { dryRun: args.includes("--dry-run") });
  } finally {
    remove();
  }
} catch (error) {
  if (!(error instanceof ProjectError)) throw error;
  stderr.write(`${error.message}\nNothing was changed.\n`);
  process.exitCode = 1;
}
