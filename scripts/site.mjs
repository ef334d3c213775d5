// `npm run site`: the documentation as a website. Its packages are installed when it is first used, outside of the workspaces.
import "./supported-node.mjs";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, env, execPath, exit, stderr, stdout } from "node:process";
import { isInstalled, npm, prepare } from "../tools/dev/src/build/prepare.mjs";

const root = join(import.meta.dirname, "..");
const docs = join(root, "docs");

/** The packages whose functions people call. Their docstrings become pages. */
const packages = ["service", "contracts", "runtime", "rpc", "store", "events", "files"];

const help = `Shows the documentation as a website, with the reference of the contracts and the packages.

  npm run site                     serves it while you edit the pages
  npm run site -- build            writes it to docs/.vitepress/dist; fails on dead links
  npm run site -- preview          serves what was built

Flags of VitePress follow the command: npm run site -- build --base /docs/
The packages are installed into docs/node_modules when they are first needed. Exit codes: 0 done; 1 failed; 2 wrong usage.
`;

const [command = "dev", ...flags] = argv.slice(2);
if (command === "--help" || command === "-h") end(0, help);
if (!["dev", "build", "preview"].includes(command)) end(2, `npm run site has no command "${command}": see --help\n`);

await prepare(root).catch((error) => end(1, `${error.message}\n`));
await install();
if (command !== "preview") writeReference();
const { status } = spawnSync(
  execPath,
  [join(docs, "node_modules/vitepress/bin/vitepress.js"), command, docs, ...flags],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...env, DO_NOT_TRACK: "1" },
  },
);
exit(status ?? 1);

async function install() {
  if (isInstalled(docs)) return;
  stderr.write("installing the packages of the site\n");
  const { code, output } = await npm(docs, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (code !== 0) end(1, `npm could not install the packages of the site:\n${output}\n`);
}

/** Writes the pages that come from the sources. */
function writeReference() {
  const contracts = join(docs, "public/contracts");
  rmSync(contracts, { recursive: true, force: true });
  run("tools/checks/bin/mesh-docs.mjs", "--output", contracts);
  const reference = join(docs, "reference");
  const written = join(reference, ".typedoc");
  rmSync(reference, { recursive: true, force: true });
  const entries = packages.flatMap((name) => ["--entryPoints", `shared/${name}/src/index.ts`]);
  const options = ["--options", "docs/.vitepress/typedoc.json", "--out", written, ...entries];
  run("docs/node_modules/typedoc/bin/typedoc", ...options);
  for (const name of packages) {
    const page = readFileSync(join(written, name, "src.md"), "utf8").replace(/^# .*\n/, "");
    const text = `# @mesh/${name}\n\n${introductionOf(name)}\n${page.replaceAll(/\]\(\.\.\/(\w+)\/src\.md/g, "]($1.md")}`;
    writeFileSync(join(reference, `${name}.md`), text);
  }
  rmSync(written, { recursive: true });
}

/** Returns the first paragraph of the README of a package, for a page in docs/reference. */
function introductionOf(name) {
  const readme = readFileSync(join(root, "shared", name, "README.md"), "utf8");
  const [, first = ""] = readme.split("\n\n");
  return `${first.replaceAll("](../../docs/", "](../").replace(/\[([^\]]*)\]\((?!\.\.\/[\w-]+\.md)[^)]*\)/g, "$1")}\n`;
}

function run(program, ...args) {
  const {
    status,
    stdout: output,
    stderr: errors,
  } = spawnSync(execPath, [join(root, program), ...args], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) end(1, `${output}${errors}`);
}

function end(code, text) {
  (code === 0 ? stdout : stderr).write(text);
  exit(code);
}
