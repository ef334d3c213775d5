import { runPlugin } from "../run-plugin.ts";
import { meshPlugin } from "./plugin.ts";

await runPlugin(meshPlugin);
