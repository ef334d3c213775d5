const message = (name: string, fields = "string id = 1;") => `message ${name} { ${fields} }`;
const file = (packageName: string, ...rest: readonly string[]) =>
  ['syntax = "proto3";', packageName && `package ${packageName};`, ...rest].join("\n");

/** Contracts whose files, packages and imports are unusual. */
export const fileProtos: Readonly<Record<string, string>> = {
  "unnamed.proto": file(
    "",
    'import "other unnamed.proto";',
    message("Unnamed", "Other other = 1;"),
    "service Unnameds { rpc Get(Unnamed) returns (Other); }",
  ),
  "other unnamed.proto": file("", message("Other")),
  "files/Upper Case-and.dots.v1.proto": file("files.odd", message("Odd")),
  "files/twice.proto3.proto": file(
    "files.odd",
    message("Twice", "Odd odd = 1;"),
    "enum TwiceKind { TWICE_KIND_UNSPECIFIED = 0; }",
  ).replace("\npackage", '\nimport "files/Upper Case-and.dots.v1.proto";\npackage'),
  "files/once.proto": file(
    "files.odd",
    'import "files/twice.proto3.proto";',
    message("Once", "Twice twice = 1; TwiceKind kind = 2;"),
  ),
  "files/index.proto": file("files", 'import "files/odd/index.proto";', message("Index", "odd.Index inner = 1;")),
  "files/odd/index.proto": file("files.odd", message("Index")),
  "files/its @home #1 (100%).proto": file("files.home", message("Home")),
  "files/guest.proto": file(
    "files.guest",
    `import "files/its @home #1 (100%).proto";`,
    message("Guest", "files.home.Home home = 1;"),
  ),
  "foo/default/v1/a.proto": file("foo.default.v1", message("Default")),
  "class/v1/a.proto": file(
    "class.v1",
    'import "foo/default/v1/a.proto";',
    message("Class", ".foo.default.v1.Default default = 1;"),
  ),
  "a.proto": file("a", 'import "a/b.proto";', message("A", "a.b.A b = 1;")),
  "a/b.proto": file("a.b", message("A")),
  "schema.proto": file("schema", message("Schema")),
  "cel.proto": file("cel", 'import "schema.proto";', message("Cel", "schema.Schema schema = 1;")),
  "descriptors.proto": file("descriptors", message("Descriptors")),
  "constructor/toString.proto": file("constructor.toString", message("Thing")),
  "imports/public.proto": file("imports", 'import public "imports/hidden.proto";', 'import "imports/unused.proto";'),
  "imports/hidden.proto": file(
    "imports",
    message("Hidden", "Hidden next = 1; repeated Hidden all = 2;"),
    "enum Mood { MOOD_UNSPECIFIED = 0; }",
  ),
  "imports/unused.proto": file("imports.unused", message("Unused")),
  "imports/user.proto": file(
    "imports.user",
    'import "imports/public.proto";',
    'import weak "imports/weak.proto";',
    message("User", "imports.Hidden hidden = 1; imports.Mood mood = 2;"),
  ),
  "imports/weak.proto": file("imports.weak", message("Weak")),
  // One name in this file, in an imported one, and with the number that an import of that name would get.
  "clash/a.proto": file(
    "clash.a",
    message("Foo"),
    message("Bar"),
    message("Foo1", "bytes raw = 1;"),
    "enum Kind { A = 0; B = 1; }",
  ),
  "clash/b.proto": file("clash.b", message("Foo", "int64 id = 1;"), message("Bar"), "enum Kind { C = 0; D = 1; }"),
  "clash/c.proto": file(
    "clash.c",
    'import "clash/a.proto";',
    'import "clash/b.proto";',
    message(
      "Foo",
      "clash.a.Foo a = 1; clash.b.Foo b = 2; Foo1 one = 3; Foo2 two = 4; clash.a.Foo1 other = 5; clash.a.Bar bar = 6; clash.b.Bar more = 7;",
    ),
    message("Foo1"),
    message("Foo2"),
    message(
      "Bar1",
      "clash.a.Kind a = 1; clash.b.Kind b = 2; repeated clash.a.Kind all = 3; Kind own = 4; optional clash.b.Kind maybe = 5;",
    ),
    "enum Kind { X = 0; Y = 1; } enum Kind1 { X1 = 0; }",
    "service Foos { rpc Get(clash.a.Foo) returns (clash.b.Foo); rpc Two(Foo) returns (stream clash.a.Foo1); }",
  ),
  // Messages that need each other across packages, in a file that both import.
  "cycle/a.proto": file(
    "cycle.a",
    'import "cycle/b.proto";',
    message("A", "cycle.b.B b = 1; A self = 2; Tree tree = 3;"),
    message("Tree", "repeated Tree children = 1; map<string, Tree> named = 2; oneof next { Tree one = 3; A a = 4; }"),
  ),
  "cycle/b.proto": file(
    "cycle.b",
    message("B", "C c = 1; oneof any { B b = 2; C other = 3; }"),
    message("C", "B b = 1; message In { B b = 1; In in = 2; } In in = 2;"),
  ),
};
