#!/usr/bin/env node
import { dirname } from "node:path";
import { load } from "@mesh/codegen/load";

const folder = dirname(import.meta.dirname);
const { main } = await load("package/main", folder);
process.exitCode = await main(process.argv.slice(2), dirname(dirname(folder)));
