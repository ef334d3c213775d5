import type { DescFile } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { createImportSymbol } from "@bufbuild/protoplugin";
import { type Rule, RuleSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { text } from "../printing.ts";

const celModule = "@mesh/contracts/cel";

/** Returns an imported name of `@mesh/contracts/cel`. */
export function ofCel(name: string): Printable {
  return createImportSymbol(name, celModule);
}

/** Returns the types of a file, imported from the generated module. */
export function typesOf(file: DescFile): Printable {
  return createImportSymbol("types", `./${file.name}.types.js`);
}

/** Returns the rule of a bare expression, whose id is the expression. */
export function ruleOf(expression: string): Rule {
  return create(RuleSchema, { id: expression, expression });
}

/** Returns a literal of a rule: `{ id: "…", expression: "…" }`. @param path the path of the rule */
export function expressionLiteral({ id, expression, message }: Rule, path = "", rule?: Printable): Printable {
  const attributes = [
    `id: ${text(id)}, expression: ${text(expression)}`,
    message && `, message: ${text(message)}`,
    path && `, path: ${text(path)}`,
  ];
  return ["{ ", attributes, rule === undefined ? "" : [", rule: ", rule], " }"];
}
