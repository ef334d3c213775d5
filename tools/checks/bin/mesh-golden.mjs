#!/usr/bin/env node
import { dirname } from "node:path";
import { load } from "@mesh/codegen/load";

const { main } = await load("golden/main", dirname(import.meta.dirname));
process.exitCode = await main(process.argv.slice(2));
