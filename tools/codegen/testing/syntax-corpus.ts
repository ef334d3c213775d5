/** Contracts in proto2 and editions, with each feature that changes bytes or presence at every level. */

const scalars = {
  double: "-2.5e10",
  float: "inf",
  int32: "-42",
  int64: "-9007199254740993",
  uint32: "4294967295",
  uint64: "18446744073709551615",
  sint32: "-1",
  sint64: "-2",
  fixed32: "7",
  fixed64: "8",
  sfixed32: "-9",
  sfixed64: "-10",
  bool: "true",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: no part of a default may be treated as code.
  string: '"a \\"quoted\\" */ ${text}\\n\\x01"',
  bytes: '"\\001\\xff*/"',
  Color: "COLOR_BLUE",
} as const;

const kinds = Object.keys(scalars) as readonly (keyof typeof scalars)[];
const packable = kinds.filter((kind) => kind !== "string" && kind !== "bytes");
const keys = kinds.filter((kind) => !["double", "float", "bytes", "Color"].includes(kind));

/** Returns a field for each kind, with consecutive numbers. */
function fields(
  start: number,
  of: readonly string[],
  field: (kind: string, name: string, number: number) => string,
): string {
  return of.map((kind, index) => `  ${field(kind, kind.toLowerCase(), start + index)}`).join("\n");
}

const withDefault = (kind: string) => scalars[kind as keyof typeof scalars];

const proto2 = `
syntax = "proto2";
package old.v1;
import "google/protobuf/descriptor.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
extend google.protobuf.FieldOptions { optional string hint = 50001; repeated group Note = 50002 { optional string text = 1; } }
// Closed, and its first value is not 0.
enum Color { COLOR_RED = 1; COLOR_NONE = 0; COLOR_BLUE = -2; }
enum Alias { option allow_alias = true; ALIAS_A = 0; ALIAS_B = 0; }
message Optionals {
${fields(1, kinds, (kind, name, number) => `optional ${kind} ${name}_field = ${number} [(hint) = "a"];`)}
}
message Defaults {
${fields(1, kinds, (kind, name, number) => `optional ${kind} ${name}_field = ${number} [default = ${withDefault(kind)}];`)}
  // Not a number.
  optional double nothing = 30 [default = nan];
  optional float less = 31 [default = -inf];
  optional int32 zero = 32 [default = 0, deprecated = true];
  optional Alias alias = 33 [default = ALIAS_B];
}
message Requireds {
${fields(1, kinds, (kind, name, number) => `required ${kind} ${name}_field = ${number};`)}
  required group Inner = 30 { required int32 number = 1; }
  required Part part = 31;
  required google.protobuf.Timestamp at = 32;
}
message Lists {
${fields(1, kinds, (kind, name, number) => `repeated ${kind} ${name}_field = ${number};`)}
${fields(101, packable, (kind, name, number) => `repeated ${kind} packed_${name} = ${number} [packed = true];`)}
${fields(201, packable, (kind, name, number) => `repeated ${kind} expanded_${name} = ${number} [packed = false];`)}
  repeated Part parts = 301;
}
message Maps {
${fields(1, keys, (kind, name, number) => `map<${kind}, ${kind}> ${name}_field = ${number};`)}
  map<string, Color> colors = 101;
  map<string, Part> parts = 102;
  map<int32, double> reals = 103;
  map<string, bytes> blobs = 104;
}
message Part { optional string text = 1; optional Part part = 2; }
message CalledByANameThatIsSoLongThatItsCodecStandsOnALineOfItsOwn {
  optional group Inner = 1 { optional int32 number = 1; }
  optional CalledByANameThatIsSoLongThatItsCodecStandsOnALineOfItsOwn next = 2;
}
message Groups {
  optional group Single = 1 {
    optional int32 number = 1;
    optional group Deep = 2 { repeated group Deeper = 2 { optional Groups groups = 1; optional Color color = 2; } }
  }
  repeated group Many_Of_Them = 2 { optional string text = 2; }
  oneof choice {
    group Member = 3 { optional int32 number = 3; }
    string text = 4;
    Part part = 5;
    Color color = 6;
    google.protobuf.Timestamp when = 7;
    google.protobuf.BoolValue flag = 8;
  }
  optional group Empty = 536870911 {}
  optional int32 last = 16;
}
message Extended {
  optional string own = 1;
  extensions 100 to 199;
  extensions 1000 to max;
  extend Extended { optional Extended nested = 1000 [deprecated = true]; repeated group Inner_One = 1001 { required int32 number = 1; } }
}
extend Extended {
  // A comment of an extension.
  optional string more_text = 100 [default = "x"];
  repeated sint32 packed_numbers = 101 [packed = true];
  optional Color color = 102;
  repeated string texts = 103;
  optional google.protobuf.Timestamp at = 104;
}
message Known {
  optional google.protobuf.Timestamp at = 1;
  optional google.protobuf.Duration took = 2;
  optional google.protobuf.StringValue text = 3;
  optional google.protobuf.Struct object = 4;
  repeated google.protobuf.Timestamp times = 5;
  repeated google.protobuf.Int64Value numbers = 6;
}
`;

const members = `
${fields(1, kinds, (kind, name, number) => `${kind} ${name}_field = ${number};`)}
${fields(101, kinds, (kind, name, number) => `repeated ${kind} ${name}_list = ${number};`)}
  Part part = 201;
  repeated Part parts = 202;
  map<string, Part> by_name = 203;
  oneof choice { Part one = 204; string text = 205; Color shade = 206; google.protobuf.Timestamp when = 207; google.protobuf.BytesValue blob = 208; }
  google.protobuf.Timestamp at = 209;
  google.protobuf.Duration took = 210;
  google.protobuf.StringValue wrapped = 211;
  google.protobuf.Struct object = 212;
  google.protobuf.FieldMask mask = 213;
  google.protobuf.Value any_value = 214;
  google.protobuf.Any any = 215;
  repeated google.protobuf.Timestamp times = 216;
  repeated google.protobuf.DoubleValue reals = 217;
  repeated google.protobuf.Value values = 218;
`;

/** Returns a file of an edition with the same messages. @param options the features of the file */
function edition(name: string, year: string, options: string, more = ""): string {
  const imports = ["any", "duration", "field_mask", "struct", "timestamp", "wrappers"];
  return `
edition = "${year}";
package ${name}.v1;
${imports.map((file) => `import "google/protobuf/${file}.proto";`).join("\n")}
${options}
enum Color { COLOR_NONE = 0; COLOR_RED = 1; COLOR_BLUE = -2; }
message Part { string text = 1; Part part = 2; }
message All {${members}}
${more}
`;
}

const mixed = `
enum Closed { option features.enum_type = CLOSED; CLOSED_ONE = 1; CLOSED_TWO = 2; }
extend plain.v1.Extensible { Mixed mixed = 10; Part delimited = 11 [features.message_encoding = DELIMITED]; }
message Extensible { extensions 10 to 20; }
message Mixed {
${fields(1, kinds, (kind, name, number) => `${kind} ${name}_required = ${number} [features.field_presence = LEGACY_REQUIRED];`)}
${fields(101, kinds, (kind, name, number) => `${kind} ${name}_implicit = ${number} [features.field_presence = IMPLICIT];`)}
${fields(201, packable, (kind, name, number) => `repeated ${kind} ${name}_expanded = ${number} [features.repeated_field_encoding = EXPANDED];`)}
  int32 number = 301 [default = 5];
  Closed closed = 302 [default = CLOSED_TWO];
  map<int32, Closed> by_number = 303;
  Part required_part = 304 [features.field_presence = LEGACY_REQUIRED];
  Part delimited = 305 [features.message_encoding = DELIMITED];
  Part required_delimited = 306 [features.message_encoding = DELIMITED, features.field_presence = LEGACY_REQUIRED];
  string loose = 307 [features.utf8_validation = NONE];
  Mixed mixed = 308 [features.message_encoding = DELIMITED];
}`;

const newest = `
extend plain.v1.Extensible { Shown shown = 12 [features.message_encoding = LENGTH_PREFIXED]; }
export message Shown { Hidden hidden = 1; local enum Inner { INNER_NONE = 0; } Inner inner = 2; }
local message Hidden { int32 number = 1; Shown shown = 2; }
`;

/** The contracts, by their path. */
export const syntaxCorpus: Readonly<Record<string, string>> = {
  "old/v1/old.proto": proto2,
  "plain/v1/plain.proto": edition("plain", "2023", "", mixed),
  "implicit/v1/implicit.proto": edition("implicit", "2023", "option features.field_presence = IMPLICIT;"),
  "delimited/v1/delimited.proto": edition(
    "delimited",
    "2023",
    "option features.message_encoding = DELIMITED;\noption features.repeated_field_encoding = EXPANDED;",
  ),
  "newest/v1/newest.proto": edition(
    "newest",
    "2024",
    'import "plain/v1/plain.proto";\noption features.message_encoding = DELIMITED;',
    newest,
  ),
};
