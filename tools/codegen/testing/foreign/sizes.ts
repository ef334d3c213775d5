const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const kinds = ["string", "int64", "repeated bytes", "optional double", "map<string, bool>", "Wide", "Level", "sint32"];

function nested(depth: number): string {
  return depth === 0
    ? "string leaf = 1;"
    : `message M${depth} { ${nested(depth - 1)} } M${depth} m = 2; M${depth} n = 3;`;
}

/** Returns a message of 1,000 fields, each with a rule. */
function ruled(syntax: string, field: string): string {
  const rules = ["string", "int64", "double"].map((kind) => {
    return [kind, kind === "string" ? "string = {min_len: 1 max_len: 9}" : `${kind} = {gte: 1 lte: 9}`] as const;
  });
  const fields = numbers(1000).map((number) => {
    const [kind, rule] = rules[number % 3] ?? [];
    return `  ${field} ${kind} field_${number} = ${number} [(buf.validate.field).${rule}];`;
  });
  const head = `syntax = "${syntax}";\npackage ${syntax}.ruled.v1;\nimport "buf/validate/validate.proto";\n`;
  return `${head}message Ruled {\n${fields.join("\n")}\n}`;
}

/** Large contracts. */
export const sizeProtos: Readonly<Record<string, string>> = {
  "sizes/wide.proto": `syntax = "proto3";
package sizes.v1;
message Wide {\n${numbers(1000)
    .map((number) => `  // Field ${number}.\n  ${kinds[number % kinds.length]} field_${number} = ${number};`)
    .join("\n")}\n}
enum Level {\n  option allow_alias = true;\n  LEVEL_UNSPECIFIED = 0;\n  LEVEL_NONE = 0;
${numbers(2000)
  .map((number) => `  LEVEL_${number} = ${number % 2 === 0 ? -number : number};`)
  .join(
    "\n",
  )}\n  LEVEL_A_NAME_THAT_IS_LONGER_THAN_ANY_LINE_OF_CODE_MAY_BE_AND_SO_IS_BROKEN_BY_WHOEVER_FORMATS_IT_AFTERWARDS = 5000;\n}
message Choice { oneof choice {\n${numbers(300)
    .map((number) => `  string choice_${number} = ${number};`)
    .join("\n")}\n} }`,
  "sizes/ruled2.proto": ruled("proto2", "optional"),
  "sizes/ruled3.proto": ruled("proto3", ""),
  "sizes/deep.proto": `syntax = "proto3";\npackage sizes.v1;\nmessage Deep { ${nested(25)} }`,
  "sizes/numbers.proto": `syntax = "proto3";\npackage sizes.v1;
message Numbers { string first = 536870911; reserved 4, 100 to 200; reserved "gone"; int32 low = 1; repeated int32 loose = 18999 [packed = false]; }`,
};
