/** Code that would set a global variable if it ran. */
export const payload = "globalThis.injected = true";

/** Texts that end literals, comments and lines, followed by code. */
const texts = [
  `"; ${payload}; "`,
  `'; ${payload}; '`,
  `\`; ${payload}; \``,
  `\${${payload}}`,
  `*/ ${payload}; /*`,
  `\\n${payload}\\n`,
  `\\r\\n${payload}//`,
  `\\u2028${payload}\\u2029`,
  `</script><script>${payload}</script>`,
  `\\\\"; ${payload}; //`,
  `\\001 1:1:x \\002`,
  "$& $1 $` $'",
];

const escaped = texts.map((text) => text.replaceAll(/"/g, '\\"'));

const comment = [
  `*/ ${payload}; /*`,
  `*\\/ ${payload}; /*`,
  `\u2028 ${payload}`,
  `\u0001 1:1:x \u0002 @deprecated \${${payload}} \`${payload}\``,
  "$& $1 $' \\ // # sourceMappingURL=nowhere.map",
  "@ts-nocheck",
]
  .map((line) => `// ${line}`)
  .join("\n");

const block = `/* A block
 * ${payload}
 ** @see {@link nowhere} <b> & "quotes" 'quotes' \`quotes\` */`;

/** Contracts with code in comments and options, none of which may run. */
export const textProtos: Readonly<Record<string, string>> = {
  "texts/options.proto": `syntax = "proto2";
package texts.options;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FileOptions { optional string file_text = 50001; }
extend google.protobuf.MessageOptions { optional string message_text = 50001; }
extend google.protobuf.FieldOptions { repeated string field_text = 50001; }
extend google.protobuf.ServiceOptions { optional string service_text = 50001; }
extend google.protobuf.MethodOptions { optional string method_text = 50001; }
extend google.protobuf.EnumOptions { optional string enum_text = 50001; }
extend google.protobuf.EnumValueOptions { optional string value_text = 50001; }
extend google.protobuf.OneofOptions { optional string oneof_text = 50001; }`,
  "texts/texts.proto": `${comment}
syntax = "proto3";
${comment}
package texts.v1;
import "buf/validate/validate.proto";
import "texts/options.proto";
option java_package = "${escaped[0]}";
option (texts.options.file_text) = "${escaped.join("")}";
${comment}
message Texts {
  option (texts.options.message_text) = "${escaped.join("")}";
  option deprecated = true;
${escaped.map((text, index) => `  ${comment}\n  string f${index} = ${index + 1} [deprecated = true, json_name = "j${index}", (texts.options.field_text) = "${text}"];`).join("\n")}
${escaped.map((text, index) => `  ${block}\n  string c${index} = ${index + 51} [(buf.validate.field).string.const = "${text}"]; ${comment.split("\n")[0]}`).join("\n")}
${escaped.map((text, index) => `  string p${index} = ${index + 101} [(buf.validate.field).string = {prefix: "${text}" not_contains: "\\"${text}"}];`).join("\n")}
${escaped.map((text, index) => `  string l${index} = ${index + 151} [(buf.validate.field).cel = {id: "${text}" message: "${text}" expression: "this != 'x'"}];`).join("\n")}
  ${block}
  oneof choice { option (texts.options.oneof_text) = "${escaped.join("")}"; ${comment}
    string one = 201; }
}
${block}
enum Kind { option (texts.options.enum_text) = "${escaped.join("")}"; ${comment}
  KIND_UNSPECIFIED = 0 [(texts.options.value_text) = "${escaped.join("")}"]; ${comment}
  KIND_OLD = 1 [deprecated = true];
}
${comment}
service Kinds { option (texts.options.service_text) = "${escaped.join("")}"; option deprecated = true;
  ${comment}
  rpc Get(Texts) returns (Texts) { option (texts.options.method_text) = "${escaped.join("")}"; option deprecated = true; }
  ${block}
  rpc Up(stream Texts) returns (Texts);
  rpc Down(Texts) returns (stream Texts);
  rpc Both(stream Texts) returns (stream Texts);
}`.replaceAll(/^ +(?=\/\/ )/gm, ""),
};
