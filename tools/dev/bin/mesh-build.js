#!/usr/bin/env node
// Bundles src/main.ts of the current folder, a service or the gateway, into dist/main.js, as for production.
import { cwd, exit, stderr } from "node:process";
import { load } from "@mesh/codegen/load";
import { folder } from "./root.mjs";

const { createBundler } = await load("build/bundler", folder);
const { errors } = await createBundler(cwd(), cwd()).build();
for (const error of errors) stderr.write(`${error}\n`);
exit(errors.length > 0 ? 1 : 0);
