import { runNodeJs } from "@bufbuild/protoplugin";
import { typescriptPlugin } from "./plugin.ts";

runNodeJs(typescriptPlugin);
