#!/usr/bin/env node
// Builds the app in the current folder, a service or the gateway, for production: into dist, which runs without other folders.
import { sep } from "node:path";
import { cwd, exit, stderr } from "node:process";
import { load } from "@mesh/codegen/load";
import { folder, root } from "./root.mjs";

const { buildStandalone } = await load("build/standalone", folder);
const errors = await buildStandalone(cwd().startsWith(root + sep) ? root : cwd(), cwd());
for (const error of errors) stderr.write(`${error}\n`);
exit(errors.length > 0 ? 1 : 0);
