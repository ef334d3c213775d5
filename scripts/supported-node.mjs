// Ends the process with one line if Node is too old, before it fails with a less clear error. The first import of a script.
import { exit, stderr } from "node:process";
import { checkNode } from "../tools/dev/src/build/prepare.mjs";

try {
  checkNode();
} catch (error) {
  stderr.write(`${error.message}\n`);
  exit(1);
}
