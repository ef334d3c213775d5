import { runNodeJs } from "@bufbuild/protoplugin";
import { meshPlugin } from "./plugin.ts";

runNodeJs(meshPlugin);
