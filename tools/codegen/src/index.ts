export { type Generated, generate } from "./generate/generate.ts";
export { meshPlugin } from "./plugin/plugin.ts";
export { typesPlugin } from "./ts-proto/plugin.ts";
