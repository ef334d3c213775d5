#!/usr/bin/env node
// Run in the folder of a service or the gateway: bundles src/main.ts into dist/main.js, as it runs in production.
import { cwd, exit, stderr } from "node:process";
import { load } from "./load.js";

const { openBundler } = await load("build/bundler");
const bundler = await openBundler(cwd(), cwd());
const { errors } = await bundler.build();
await bundler.close();
for (const error of errors) stderr.write(`${error}\n`);
exit(errors.length > 0 ? 1 : 0);
