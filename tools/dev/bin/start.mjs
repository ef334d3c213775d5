// `npm start`: prepares the clone, then runs the whole mesh until it is stopped. Begins without any installed package.
import { exit, stderr } from "node:process";
import { prepare } from "../src/build/prepare.mjs";
import { createProgress } from "../src/log/progress.mjs";
import { folder, root } from "./root.mjs";

const startedAt = Date.now();
const progress = createProgress();

try {
  await prepare(root, progress);
  // Imported late, because it needs the installed packages.
  const { load } = await import("@mesh/codegen/load");
  const { npmStart } = await load("mesh/npm-start", folder);
  await npmStart({ root, progress, startedAt });
} catch (error) {
  stderr.write(`${error.message}\n`);
  exit(1);
}
