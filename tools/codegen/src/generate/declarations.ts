import { MethodOptions_IdempotencyLevelSchema } from "@bufbuild/protobuf/wkt";

/** The names that .proto files declare, read from their text: files with errors have no descriptors. */
export interface Declarations {
  /** The fields of each message with their types, by the full name of the message. */
  readonly messages: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The full names of messages, enums, values of enums and extensions. */
  readonly names: ReadonlySet<string>;
}

interface Scope {
  readonly kind: string;
  /** The full name of what contains the declarations within. */
  readonly name: string;
}

/** Reads the declarations of files, given as texts. */
export function readDeclarations(sources: Iterable<string>): Declarations {
  const messages = new Map<string, Map<string, string>>();
  // The compiler itself declares the values of the option idempotency_level.
  const names = new Set<string>(MethodOptions_IdempotencyLevelSchema.values.map(({ name }) => name));
  for (const source of sources) readFile(source, messages, names);
  return { messages, names };
}

function readFile(source: string, messages: Map<string, Map<string, string>>, names: Set<string>): void {
  const scopes: Scope[] = [{ kind: "file", name: /^\s*package\s+([\w.]+)/m.exec(source)?.[1] ?? "" }];
  let statement: string[] = [];
  for (const token of tokensOf(source)) {
    const scope = scopes.at(-1) ?? { kind: "file", name: "" };
    if (token === "{") {
      // A field whose options have braces.
      declare(scope, statement, messages, names);
      scopes.push(opened(scope, statement, names));
    }
    if (token === "}") scopes.pop();
    else if (token === ";") declare(scope, statement, messages, names);
    if (/[{};]/.test(token)) statement = [];
    else statement.push(token);
  }
}

/** Splits a source into words and signs, without comments and texts. */
function tokensOf(source: string): string[] {
  const bare = source.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/.*|\/\*[\s\S]*?\*\//g, " ");
  return bare.match(/[\w.]+|[{};=<>,()[\]-]/g) ?? [];
}

function opened(scope: Scope, [kind = "", name = "", ...rest]: readonly string[], names: Set<string>): Scope {
  // The fields of a oneof are fields of its message; those of an extension are declared where it is.
  if (kind === "oneof") return scope;
  if (kind === "extend") return { kind, name: scope.name };
  const isType = (kind === "message" || kind === "enum") && rest.length === 0;
  if (!isType) return { kind: "other", name: scope.name };
  names.add(join(scope.name, name));
  return { kind, name: join(scope.name, name) };
}

function declare(
  { kind, name }: Scope,
  statement: readonly string[],
  messages: Map<string, Map<string, string>>,
  names: Set<string>,
): void {
  const equals = statement.indexOf("=");
  const [declared, type = ""] = [statement[equals - 1], statement[equals - 2]];
  if (equals < 1 || declared === undefined || /^(?:option|reserved|[\],])$/.test(statement[0] ?? "")) return;
  // The values of an enum are in the scope of the enum itself.
  if (kind === "enum") names.add(join(name.replace(/\.?[^.]*$/, ""), declared));
  if (kind === "extend") names.add(join(name, declared));
  if (kind === "message")
    messages.set(name, (messages.get(name) ?? new Map()).set(declared, type === ">" ? "map" : type.replace(/^\./, "")));
}

function join(scope: string, name: string): string {
  return scope === "" ? name : `${scope}.${name}`;
}
