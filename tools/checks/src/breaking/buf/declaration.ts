import type { AnyDesc, DescFile, FileRegistry } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { locationAt, sourcePath } from "@mesh/codegen/source-info";

type Declared = Exclude<AnyDesc, DescFile>;

/** Lists everything that a file declares, outer declarations first. */
function declarationsOf(file: DescFile): Declared[] {
  const services = file.services.flatMap((service) => [service, ...service.methods]);
  return [...services, ...[...nestedTypes(file)].flatMap(withMembers)];
}

function withMembers(type: Declared): Declared[] {
  if (type.kind === "message") return [type, ...type.oneofs, ...type.fields];
  return type.kind === "enum" ? [type, ...type.values] : [type];
}

/** Finds the innermost declaration around a position. Lines and columns count from 1. */
export function declaredAt(registry: FileRegistry, path: string, line: number, column: number): AnyDesc | undefined {
  const file = registry.getFile(path.replace(/\.proto$/, "")) ?? registry.getFile(path);
  if (!file) return undefined;
  const around = declarationsOf(file).filter((desc) => contains(spanOf(desc, file), line - 1, column - 1));
  return around.sort((a, b) => spanSize(spanOf(a, file)) - spanSize(spanOf(b, file)))[0] ?? file;
}

/**
 * Finds the declaration that a message of buf names: `field "1" with name "id" on message "Order"`.
 *
 * @param kind the start of the rule's name: `FIELD`
 * @param parent the declaration around it, to distinguish declarations of the same name
 */
export function findNamed(
  registry: FileRegistry,
  { path, message }: { readonly path?: string; readonly message: string },
  kind: string,
  parent: AnyDesc | undefined,
): AnyDesc | undefined {
  const names = new Set([...message.matchAll(/"([^"]*)"/g)].map(([, name = ""]) => name));
  const files = [...registry.files];
  if (kind === "FILE") return files.find((file) => names.has(file.proto.name));
  const own = path === undefined ? files : files.filter((file) => file.proto.name === path);
  const found = own.flatMap(declarationsOf).filter((desc) => desc.kind === kinds.get(kind) && isNamed(desc, names));
  return found.find((desc) => "parent" in desc && `${desc.parent}` === `${parent}`) ?? found[0];
}

/** The kinds of declarations, by the start of the name of a rule. */
const kinds = new Map<string, AnyDesc["kind"]>([
  ["MESSAGE", "message"],
  ["FIELD", "field"],
  ["ONEOF", "oneof"],
  ["ENUM", "enum"],
  ["ENUM_VALUE", "enum_value"],
  ["SERVICE", "service"],
  ["RPC", "rpc"],
  ["EXTENSION", "extension"],
]);

/** Returns true if the quoted names include a declaration. Buf names a nested type with or without its parents. */
function isNamed(desc: Declared, names: ReadonlySet<string>): boolean {
  switch (desc.kind) {
    case "field":
    case "enum_value":
      return names.has(String(desc.number)) && isTypeNamed(desc.parent, names);
    case "oneof":
    case "rpc":
      return names.has(desc.name) && isTypeNamed(desc.parent, names);
    default:
      return isTypeNamed(desc, names);
  }
}

function isTypeNamed(desc: Extract<Declared, { typeName: string }>, names: ReadonlySet<string>): boolean {
  const { package: packageName } = desc.file.proto;
  return names.has(desc.name) || names.has(packageName ? desc.typeName.slice(packageName.length + 1) : desc.typeName);
}

function spanOf(desc: Declared, file: DescFile): readonly number[] {
  return locationAt(file, sourcePath(desc))?.span ?? [];
}

/** Returns true if a span of descriptor.proto, `[line, column, (end line,) end column]`, contains a position. */
function contains(span: readonly number[], line: number, column: number): boolean {
  const [startLine, startColumn, endLine, endColumn] = fullSpan(span);
  const isAfterStart = line > startLine || (line === startLine && column >= startColumn);
  return span.length > 0 && isAfterStart && (line < endLine || (line === endLine && column < endColumn));
}

function fullSpan([line = 0, column = 0, third = 0, fourth]: readonly number[]): [number, number, number, number] {
  return fourth === undefined ? [line, column, line, third] : [line, column, third, fourth];
}

function spanSize(span: readonly number[]): number {
  const [startLine, startColumn, endLine, endColumn] = fullSpan(span);
  return (endLine - startLine) * 10_000 + endColumn - startColumn;
}
