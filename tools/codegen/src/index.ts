export { type Generated, generate } from "./generate/generate.ts";
export { meshPlugin } from "./plugin/plugin.ts";
export { typescriptPlugin } from "./typescript/plugin.ts";
