// What generated schemas are made of where a contract has CEL expressions; apart, because CEL weighs more than all else.
export { celUint } from "@bufbuild/cel";
export { type Expression, messageCel, type Subject, withCel } from "./rules.ts";
export { type CelTypes, celTypes } from "./types.ts";
