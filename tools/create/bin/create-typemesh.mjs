#!/usr/bin/env node
import { argv } from "node:process";
import { main } from "../src/main.mjs";

process.exitCode = await main(argv.slice(2));
