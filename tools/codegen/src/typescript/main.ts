import { runPlugin } from "../run-plugin.ts";
import { typescriptPlugin } from "./plugin.ts";

await runPlugin(typescriptPlugin);
