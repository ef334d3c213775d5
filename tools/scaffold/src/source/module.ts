import { type ESTree, parseSync, Visitor } from "rolldown/utils";
import type { Edit } from "../draft.ts";
import { Refusal } from "../refusal.ts";

/** A TypeScript file, parsed. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: ESTree.Program;
}

/** Parses a file. @throws Refusal where it does not parse */
export function parse(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text);
  const [first] = errors;
  if (first) throw new Refusal(`${path}: ${first.message}: mend it first`);
  return { path, text, program };
}

/** Imports a name from a module that may be imported already. @throws Refusal where the name means something else there */
export function importName({ path, text, program }: Source, module: string, name: string, isType = false): Edit[] {
  const all = program.body.filter((statement) => statement.type === "ImportDeclaration");
  const other = all.find(({ source, specifiers }) => {
    return source.value !== module && specifiers.some(({ local }) => local.name === name);
  });
  if (other) throw new Refusal(`${path}: ${name} is imported from ${other.source.value} already: choose another name`);
  const same = all.filter(({ source, importKind }) => {
    return source.value === module && (importKind === "type") === isType;
  });
  const specifiers = same.flatMap((statement) => statement.specifiers.filter(({ type }) => type === "ImportSpecifier"));
  if (specifiers.some(({ local }) => local.name === name)) return [];
  const last = specifiers.at(-1);
  if (last) return [{ start: last.end, end: last.end, text: `, ${name}` }];
  const at = all[0]?.start ?? firstLine(text);
  return [{ start: at, end: at, text: `import ${isType ? "type " : ""}{ ${name} } from "${module}";\n` }];
}

/** Behind the line that tells a system what runs the file. */
function firstLine(text: string): number {
  return text.startsWith("#!") ? text.indexOf("\n") + 1 : 0;
}

/** Adds an element to a list or a property to an object, at its end. */
export function append({ text }: Source, into: ESTree.ArrayExpression | ObjectExpression, element: string): Edit {
  const last = into.type === "ArrayExpression" ? into.elements.at(-1) : into.properties.at(-1);
  const at = into.end - 1;
  const hasComma =
    !last ||
    text
      .slice(last.end, at)
      .replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, "")
      .includes(",");
  if (hasComma) return { start: at, end: at, text: `${element},\n` };
  return { start: last.end, end: last.end, text: `,\n${element}` };
}

export type ObjectExpression = ESTree.ObjectExpression;

/** The object or list that a variable of the module is made with. */
export function constant({ program }: Source, name: string): ESTree.Expression | undefined {
  const declarations = program.body.flatMap((statement) => {
    const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    return declared?.type === "VariableDeclaration" ? declared.declarations : [];
  });
  const found = declarations.find(({ id }) => id.type === "Identifier" && id.name === name);
  return found?.init ?? undefined;
}

/** A property of an object, by its key. */
export function property({ properties }: ObjectExpression, key: string): ESTree.ObjectProperty | undefined {
  return properties.find((one): one is ESTree.ObjectProperty => {
    return one.type === "Property" && "name" in one.key && one.key.name === key;
  });
}

/** The arguments of `service(OrderService, …)`, wherever in a module that stands. */
export function serviceCall({ program }: Source, definition: string): readonly ESTree.Argument[] | undefined {
  let found: readonly ESTree.Argument[] | undefined;
  new Visitor({
    CallExpression(call) {
      const [first] = call.arguments;
      const isService = call.callee.type === "Identifier" && call.callee.name === "service";
      if (isService && first?.type === "Identifier" && first.name === definition) found = call.arguments;
    },
  }).visit(program);
  return found;
}
