// `npm run eject-example`: removes the shop from this repository.
import { dirname } from "node:path";
import { argv, exit, stderr, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { ejectExample } from "../src/eject.mjs";
import { installPackages } from "../src/install.mjs";
import { ProjectError } from "../src/project.mjs";

const help = `Removes the example shop from this repository: its contracts, services, page and tests, and what only Typemesh itself
needs. What you have added stays; if it uses the shop, nothing is removed, and the files are listed.

  npm run eject-example

Exit codes: 0 done; 1 it is not possible yet; 2 an argument is wrong.
`;

const [argument] = argv.slice(2);
if (argument === "--help" || argument === "-h") {
  stdout.write(help);
  exit(0);
}
if (argument !== undefined) {
  stderr.write(`unexpected argument "${argument}"\n\n${help}`);
  exit(2);
}
const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
try {
  const { removed, changed } = ejectExample(root);
  stdout.write(`${removed} files removed, ${changed} changed\n`);
  installPackages(root);
  stdout.write("The shop is gone. Look at git status, then: npm run gen -- service reviews --exposed\n");
} catch (error) {
  if (!(error instanceof ProjectError)) throw error;
  stderr.write(`${error.message}\n`);
  exit(1);
}
