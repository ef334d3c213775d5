// Tries contracts of others: `node tools/codegen/scripts/try-tree.mjs --help`.
import { join } from "node:path";
import { load } from "../bin/load.mjs";

const { main } = await load("../testing/tree/main");
process.exitCode = await main(process.argv.slice(2), join(import.meta.dirname, "../../.."));
