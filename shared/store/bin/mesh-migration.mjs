#!/usr/bin/env node
// Writes the next SQL migration of the service in the current folder: the difference between src/schema.ts and the last one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [name, ...rest] = process.argv.slice(2);
if (!name || rest.length > 0 || !/^[a-z][a-z0-9_]*$/.test(name)) {
  process.stderr.write("usage: npm run migration -- <name>   (such as add_discounts), in the folder of a service\n");
  process.exit(2);
}
if (!existsSync("src/schema.ts")) {
  process.stderr.write(`there is no src/schema.ts in ${process.cwd()}: run this in the folder of a service\n`);
  process.exit(2);
}
// drizzle-kit exports only its library. The program is in the same folder.
const kit = join(createRequire(import.meta.url).resolve("drizzle-kit"), "../bin.cjs");
const flags = ["--dialect=postgresql", "--schema=./src/schema.ts", "--out=./migrations", `--name=${name}`];
const { status, error } = spawnSync(process.execPath, [kit, "generate", ...flags], { stdio: "inherit" });
if (error) throw error;
process.exit(status ?? 1);
