import type { AnyDesc, DescFile, FileRegistry } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { locationAt, sourcePath } from "@mesh/codegen/source-info";

type Declared = Exclude<AnyDesc, DescFile>;

/** Everything a file declares, the outer before the inner. */
export function declarationsOf(file: DescFile): Declared[] {
  const services = file.services.flatMap((service) => [service, ...service.methods]);
  return [...services, ...[...nestedTypes(file)].flatMap(withMembers)];
}

function withMembers(type: Declared): Declared[] {
  if (type.kind === "message") return [type, ...type.oneofs, ...type.fields];
  return type.kind === "enum" ? [type, ...type.values] : [type];
}

/** The innermost thing that is declared around a place; lines and columns count from 1. */
export function declaredAt(registry: FileRegistry, path: string, line: number, column: number): AnyDesc | undefined {
  const file = registry.getFile(path.replace(/\.proto$/, "")) ?? registry.getFile(path);
  if (!file) return undefined;
  const around = declarationsOf(file).filter((desc) => contains(spanOf(desc, file), line - 1, column - 1));
  return around.sort((a, b) => spanSize(spanOf(a, file)) - spanSize(spanOf(b, file)))[0] ?? file;
}

/**
 * What buf names in its words: `field "1" with name "id" on message "Order"`.
 *
 * @param kind the beginning of the rule's name: `FIELD`
 * @param within what it stands in, to tell things of one name apart
 */
export function namedThing(
  registry: FileRegistry,
  { path, message }: { readonly path?: string; readonly message: string },
  kind: string,
  within: AnyDesc | undefined,
): AnyDesc | undefined {
  const names = new Set([...message.matchAll(/"([^"]*)"/g)].map(([, name = ""]) => name));
  const files = [...registry.files];
  if (kind === "FILE") return files.find((file) => names.has(file.proto.name));
  const own = path === undefined ? files : files.filter((file) => file.proto.name === path);
  const things = own.flatMap(declarationsOf).filter((desc) => desc.kind === kinds.get(kind) && isNamed(desc, names));
  return things.find((desc) => "parent" in desc && `${desc.parent}` === `${within}`) ?? things[0];
}

/** What buf's rules are called after. */
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

/** Whether buf's words name something: buf calls a nested type by its own name, or by those around it too. */
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

/** Whether a span of descriptor.proto, `[line, column, (end line,) end column]`, has a place in it. */
function contains(span: readonly number[], line: number, column: number): boolean {
  const [startLine, startColumn, endLine, endColumn] = whole(span);
  const isBehindStart = line > startLine || (line === startLine && column >= startColumn);
  return span.length > 0 && isBehindStart && (line < endLine || (line === endLine && column < endColumn));
}

function whole([line = 0, column = 0, third = 0, fourth]: readonly number[]): [number, number, number, number] {
  return fourth === undefined ? [line, column, line, third] : [line, column, third, fourth];
}

function spanSize(span: readonly number[]): number {
  const [startLine, startColumn, endLine, endColumn] = whole(span);
  return (endLine - startLine) * 10_000 + endColumn - startColumn;
}
