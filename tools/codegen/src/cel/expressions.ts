import type { DescFile } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { createImportSymbol } from "@bufbuild/protoplugin";
import { type Rule, RuleSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { text } from "../printing.ts";

const celModule = "@mesh/contracts/cel";

/** A name of `@mesh/contracts/cel`, imported. */
export function ofCel(name: string): Printable {
  return createImportSymbol(name, celModule);
}

/** The types of a file, imported from where they are generated. */
export function typesOf(file: DescFile): Printable {
  return createImportSymbol("types", `./${file.name}.types.js`);
}

/** An expression without more is a rule whose id is the expression. */
export function ruleOf(expression: string): Rule {
  return create(RuleSchema, { id: expression, expression });
}

/** `{ id: "…", expression: "…" }` */
export function expressionLiteral({ id, expression, message }: Rule, rule?: Printable): Printable {
  const facts = [`id: ${text(id)}, expression: ${text(expression)}`, message && `, message: ${text(message)}`];
  return ["{ ", facts, rule === undefined ? "" : [", rule: ", rule], " }"];
}
