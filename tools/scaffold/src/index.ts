export { type Generator, generators, type Question } from "./generators.ts";
