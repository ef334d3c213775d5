#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { load } from "./load.mjs";

// V8 optimizes a function once it has run this long, in bytes of bytecode. Its default is for programs that run for hours: in
// a generation of 200 services, the compiler would take a third of the time.
setFlagsFromString("--interrupt-budget=2000000");

const { main } = await load("generate/main");
process.exitCode = await main(process.argv.slice(2));
