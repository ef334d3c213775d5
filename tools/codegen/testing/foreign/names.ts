/** Names with a meaning in JavaScript, TypeScript or generated code. Each is a message, an enum and a service. */
const words =
  `any arguments as async await bigint boolean break case catch class const constructor continue debugger declare
  default delete do else enum eval export extends false finally for from function get global if implements import in infer
  instanceof interface is keyof let module namespace never new null number object of package private protected prototype
  public readonly require return set static string super switch symbol then this throw toString true try type typeof
  undefined unique unknown using valueOf var void while with yield hasOwnProperty __proto__`.split(/\s+/);

const globals =
  `Array ArrayBuffer AsyncIterable Awaited BigInt Boolean Buffer DataView Date Error Function Infinity Iterable
  JSON Map Math NaN Number Object Omit Partial Pick Promise Proxy Readonly Record RegExp Required Set String Symbol
  TypeError Uint8Array WeakMap globalThis console process exports`.split(/\s+/);

const generated = `MessageFns DeepPartial Exact Builtin BinaryReader BinaryWriter isSet isObject protobufPackage
  protobufFileName toTimestamp fromTimestamp Timestamp Duration Any Struct Value ListValue NullValue FieldMask Empty
  createBaseHolder longToNumber bytesFromBase64 base64FromBytes Long fail message list string required optional implicit
  array guid named lax MessageSchema Case Shape StringType NumberType
  oneof defineService defineMessage defineErrors defineEvent z ZodType MeshError CallOptions ServiceTypes ServiceDefinition
  MessageType ProcedureMeta MetadataValue ErrorCatalogue TRPCQueryProcedure Schema Input types read no has`.split(
  /\s+/,
);

/** Names of values, which share a scope with the declarations beside their enum. */
const values = [...new Set([...words, ...globals, ...generated])].filter(
  (name) => !["Only", "Word", "Words"].includes(name),
);

const all = [...new Set([...words, ...globals, ...generated])];

const uses = `
  Holder holder = 1;
  repeated Holder many = 2;
  map<string, Holder> by_name = 3;
  google.protobuf.Timestamp at = 4;
  google.protobuf.Struct struct = 5;
  google.protobuf.Value value = 6;
  google.protobuf.Any any = 7;
  google.protobuf.FieldMask mask = 8;
  google.protobuf.Int64Value wrapped = 9;
  map<int64, bytes> keyed = 10;
  map<string, google.protobuf.Timestamp> times = 11;
  oneof choice { double real = 12; google.protobuf.ListValue list = 13; }
  google.protobuf.NullValue nothing = 14;`;

const imports = ["any", "field_mask", "struct", "timestamp", "wrappers"]
  .map((name) => `import "google/protobuf/${name}.proto";\n`)
  .join("");

/** A contract in an edition that allows several fields with one name in JSON. */
function lenient(source: string): string {
  const option = "option features.json_format = LEGACY_BEST_EFFORT;";
  return source
    .replace('syntax = "proto3";', 'edition = "2023";')
    .replace(/^package .*$/m, (line) => `${line}\n${option}`)
    .replaceAll(/optional (?=[\w.]+ \w+ =)/g, "")
    .replaceAll(/ option deprecated_legacy_json_field_conflicts = true;/g, "");
}

function head(packageName: string): string {
  return `syntax = "proto3";\npackage ${packageName};\n${imports}`;
}

/** Contracts in which every name is already the name of something else. */
export const nameProtos: Readonly<Record<string, string>> = {
  "names/messages.proto": `${head("names.messages")}message Holder { string id = 1; }
${all.map((name) => `message ${name} {${uses}\n}`).join("\n")}
message All {\n${all.map((name, index) => `  .names.messages.${name} f${index} = ${index + 1};`).join("\n")}\n}
service Names {\n${all.map((name) => `  rpc ${name}(.names.messages.${name}) returns (stream .names.messages.${name});`).join("\n")}\n}`,

  "names/enums.proto": `${head("names.enums")}message Holder {${uses.replaceAll("Holder", "Inner")} message Inner { string id = 1; } }
${all.map((name, index) => `enum ${name} { A${index} = 0; B${index} = 1; }`).join("\n")}
message All {\n${all.map((name, index) => `  .names.enums.${name} f${index} = ${index + 1};`).join("\n")}\n}`,

  "names/values.proto":
    lenient(`${head("names.values")}enum Word {\n  option deprecated_legacy_json_field_conflicts = true;\n  UNKNOWN_WORD = 0;
${values.map((name, index) => `  ${name} = ${index + 1};`).join("\n")}\n}
message Words { Word word = 1; repeated Word words = 2; map<string, Word> by_name = 3; optional Word maybe = 4; }
message Held { enum Only { option allow_alias = true; __proto__ = 0; constructor = 0; hasOwnProperty = -1; }
message Onlys { Only only = 1; repeated Only all = 2; oneof choice { Only one = 3; } } }`),

  "names/fields.proto": `${head("names.fields")}message Fields {
${all.map((name, index) => `  string ${name} = ${index + 1};`).join("\n")}\n}
message Lists {\n${all.map((name, index) => `  repeated Fields ${name} = ${index + 1};`).join("\n")}\n}
message Choice { oneof constructor {\n${all
    .filter((name) => name !== "constructor")
    .map((name, index) => `  int32 ${name} = ${index + 1};`)
    .join("\n")}\n} }`,

  "names/services.proto": `${head("names.services")}message Ask {}
${all.map((name) => `service ${name} { rpc Call(Ask) returns (Ask); rpc Then(stream Ask) returns (Ask); }`).join("\n")}`,

  "names/derived.proto": `${head("names.derived")}
message Table { TableSchema schema = 1; TableInput input = 2; TableMessage message = 3; Table__Nested odd = 4; }
message TableSchema { Table table = 1; }
message TableInput { Table table = 1; }
message TableMessage { Table table = 1; }
message TableSchemaSchema { Table table = 1; }
message Table__Nested { Table table = 1; }
service Tables { rpc Get(Table) returns (TableSchema); }
service TablesClient { rpc Get(TableInput) returns (TableMessage); }
service TablesHandlers { rpc Get(TableInput) returns (TableMessage); }
message TablesTypes { TablesProcedures procedures = 1; }
message TablesProcedures { TablesTypes types = 1; }
enum Map { MAP_UNSPECIFIED = 0; }
enum MapEnum { MAP_ENUM_UNSPECIFIED = 0; }
message MapMessage { Map map = 1; MapEnum map_enum = 2; DateMessage date = 3; Date really = 4; }
message Date { MapMessage map = 1; }
message DateMessage { Date date = 1; }`,

  "names/nested.proto": `${head("names.nested")}
message A { message B { message C { string c = 1; } enum E { ZERO = 0; ONE = 1; } C c = 1; E e = 2; } B b = 1; message A { A a = 1; } A a = 2; }
message A_B { string ab = 1; message C { string abc = 1; } C c = 1001; }
message AB { string ab = 1; A_B.C c = 2; A.B.C other = 3; A.B b = 4; A_B a_b = 5; Ab low = 6; ab lower = 7; }
message Ab { string x = 1; }
message ab { string x = 1; }
enum A_B_E { A_B_E_ZERO = 0; }
enum A_E { A_E_ZERO = 0; }
message _ { string underscore = 1; }
message __ { _ one = 1; }
message _1 { string digit = 1; }
message snake_case_message { message inner_message { snake_case_message up = 1; } inner_message inner = 1; A_E e = 2; A.B.E be = 3; A_B_E abe = 4; }`,

  "names/keys.proto": lenient(`${head("names.keys")}
message Keys {
  option deprecated_legacy_json_field_conflicts = true;
  string foo_bar = 2;
  string fooBar = 7 ;
  string FOO_BAR = 5 ;
  string foo__bar = 9 ;
  string Foo = 10;
  string foo = 11;
  string FOO = 12;
  string _ = 13 [json_name = "u"];
  string __ = 14 [json_name = "uu"];
  string _1 = 15 [json_name = "one"];
  string _2x = 16 [json_name = "two"];
  string foo_1 = 17;
  string foo1 = 18 [json_name = "foo-one"];
  string quoted = 19 [json_name = "a \\"quote\\" and \`\${x}\` and */"];
  oneof fooBAR { string x_y = 20; Keys xY = 21; int32 X_Y = 22; }
  oneof foo_b_a_r { string z = 23; }
  repeated string list_a = 24;
  repeated string listA = 25 [json_name = "l"];
  map<string, Keys> map_a = 26;
  repeated Keys mapA = 27 [json_name = "m"];
  optional int64 opt_a = 28;
  optional int64 optA = 29 [json_name = "oo"];
  string value = 30; string message = 31; string reader = 32; string writer = 33; string end = 34; string tag = 35;
  string length = 36; string object = 37; string key = 38; string o = 39; string p = 40; string r = 41; string v0 = 42;
}
service Same { rpc Get(Keys) returns (Keys); rpc get(Keys) returns (Keys); rpc GET(Keys) returns (Keys); rpc gET(stream Keys) returns (Keys); }
service Empty {}`),
};
