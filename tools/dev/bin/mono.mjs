// `npm run mono`: runs all services and the gateway as one process, or groups of them, or builds that for production.
import { argv, exit, stderr, stdout } from "node:process";
import { parseArgs } from "node:util";
import { prepare } from "../src/build/prepare.mjs";
import { createProgress } from "../src/log/progress.mjs";
import { folder, root } from "./root.mjs";

const help = `npm run mono                       runs all services and the gateway as one process, with NATS, PostgreSQL and the page; if there is a
                                   file processes.json, the processes that it names
npm run mono -- orders+payments    runs these as one process, and every other app in one of its own

Calls within a process stay in memory. The code is that of npm start, and so are the settings and the data.

  --build      builds for production instead: the process into dist/mono, or dist/orders+payments, and other apps as npm run build
  --preview    runs that build in production mode, as npm run preview does
`;

const startedAt = Date.now();
const { values, positionals } = readArguments();
if (values.help) end(0, help);
if (values.build && values.preview) end(2, `--build and --preview exclude each other\n\n${help}`);
const progress = createProgress();
try {
  await prepare(root, progress);
  // Imported late, because it needs the installed packages.
  const { load } = await import("@mesh/codegen/load");
  const { mono } = await load("mesh/mono", folder);
  const mode = values.build ? "build" : values.preview ? "preview" : "development";
  await mono({ root, progress, startedAt, groups: positionals, mode });
} catch (error) {
  end(1, `${error.message}\n`);
}

function readArguments() {
  try {
    return parseArgs({
      args: argv.slice(2),
      allowPositionals: true,
      options: { build: { type: "boolean" }, preview: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    return end(2, `${error.message}\n\n${help}`);
  }
}

function end(code, text) {
  (code === 0 ? stdout : stderr).write(text);
  exit(code);
}
