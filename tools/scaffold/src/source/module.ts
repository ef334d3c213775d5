import { type ESTree, parseSync, Visitor } from "rolldown/utils";
import type { Edit } from "../draft.ts";
import { GeneratorError } from "../generator-error.ts";

/** A parsed TypeScript file. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: ESTree.Program;
}

/** Parses a file. @throws GeneratorError if it has a syntax error */
export function parse(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text);
  const [first] = errors;
  if (first) throw new GeneratorError(`${path}: ${first.message}: fix it first`);
  return { path, text, program };
}

/** Imports a name, unless it is imported. @throws GeneratorError if the file imports the name from another module */
export function importName({ path, text, program }: Source, module: string, name: string, isType = false): Edit[] {
  const all = program.body.filter((statement) => statement.type === "ImportDeclaration");
  const other = all.find(({ source, specifiers }) => {
    return source.value !== module && specifiers.some(({ local }) => local.name === name);
  });
  if (other)
    throw new GeneratorError(`${path}: ${name} is already imported from ${other.source.value}: choose another name`);
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

/** Returns the offset of the first line after a `#!` line. */
function firstLine(text: string): number {
  return text.startsWith("#!") ? text.indexOf("\n") + 1 : 0;
}

/** Adds an element at the end of an array, or a property at the end of an object. */
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

/** Returns the initial value of a variable of the module. */
export function constant({ program }: Source, name: string): ESTree.Expression | undefined {
  const declarations = program.body.flatMap((statement) => {
    const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    return declared?.type === "VariableDeclaration" ? declared.declarations : [];
  });
  const found = declarations.find(({ id }) => id.type === "Identifier" && id.name === name);
  return found?.init ?? undefined;
}

/** Finds a property of an object by its key. */
export function property({ properties }: ObjectExpression, key: string): ESTree.ObjectProperty | undefined {
  return properties.find((one): one is ESTree.ObjectProperty => {
    return one.type === "Property" && "name" in one.key && one.key.name === key;
  });
}

/** Finds the arguments of the call `service(OrderService, …)` in a module. */
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
