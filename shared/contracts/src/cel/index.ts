// The parts of generated schemas with CEL expressions. A module of its own, because CEL weighs more than all else.
export { celUint } from "@bufbuild/cel";
export { ruleMessage, ruleMessages } from "./rule-message.ts";
export { type Expression, messageCel, type Subject, withCel } from "./rules.ts";
export { type CelTypes, celTypes } from "./types.ts";
