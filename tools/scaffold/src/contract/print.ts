/** How a method goes: what its caller may assume of it. */
export type RpcKind = "query" | "mutation" | "stream";

/** What is written of an RPC. */
export interface NewRpc {
  readonly name: string;
  readonly kind: RpcKind;
  readonly comment: string;
  /** Who may call it at the gateway: nobody, anyone, or scopes. */
  readonly gateway: string;
  /** The error enum of its package. */
  readonly errors: string | undefined;
}

/** What a contract must import for what is printed here. */
export const optionsProto = "mesh/v1/options.proto";
export const validateProto = "buf/validate/validate.proto";

/** Whether an RPC needs options of ours. */
export function needsPolicy({ gateway, errors }: Pick<NewRpc, "gateway" | "errors">): boolean {
  return gateway !== "nobody" || errors !== undefined;
}

/** An RPC, as a line in a service. */
export function printRpc(rpc: NewRpc): string {
  const { name, kind, comment } = rpc;
  const answer = kind === "stream" ? `stream ${name}Response` : `${name}Response`;
  const head = `  // ${comment}\n  rpc ${name}(${name}Request) returns (${answer})`;
  const options = [
    ...(kind === "mutation" ? [] : ["    option idempotency_level = NO_SIDE_EFFECTS;"]),
    ...(needsPolicy(rpc) ? [`    option (mesh.v1.method) = ${printPolicy(rpc)};`] : []),
  ];
  return options.length > 0 ? `${head} {\n${options.join("\n")}\n  }\n` : `${head};\n`;
}

function printPolicy({ gateway, errors }: NewRpc): string {
  if (gateway === "nobody") return `{errors: "${errors}"}`;
  const scopes = gateway === "anyone" ? "{}" : `{scopes: "${gateway}"}`;
  const declared = errors ? `      errors: "${errors}"\n` : "";
  return `{\n      gateway: ${scopes}\n${declared}    }`;
}

/** A message with at most one field, a text. */
export function printMessage(
  name: string,
  comment: string,
  field?: { readonly name: string; readonly comment: string; readonly rules: string },
  option = "",
): string {
  if (!field) return `// ${comment}\nmessage ${name} {}\n`;
  const line = `  string ${field.name} = 1 [(buf.validate.field).string = {\n${field.rules}\n  }];`;
  return `// ${comment}\nmessage ${name} {\n${option}  // ${field.comment}\n${line}\n}\n`;
}

/** A text that is there and fits a line. */
export const shortText = "    min_len: 1\n    max_len: 100";

/** The request and the response of an RPC that answers with the text that it is sent. */
export function printEcho(name: string): string {
  const text = { name: "text", comment: "Any text.", rules: shortText };
  const request = printMessage(`${name}Request`, `What ${name} is sent.`, text);
  return `${request}\n${printMessage(`${name}Response`, `What ${name} answers.`, { ...text, comment: "The text that was sent." })}`;
}
