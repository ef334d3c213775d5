import { runPlugin } from "../run-plugin.ts";
import { typesPlugin } from "./plugin.ts";

await runPlugin(typesPlugin);
