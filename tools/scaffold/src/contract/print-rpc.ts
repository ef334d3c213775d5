/** The kind of an RPC. */
export type RpcKind = "query" | "mutation" | "stream";

/** The parts of a new RPC. */
export interface NewRpc {
  readonly name: string;
  readonly kind: RpcKind;
  readonly comment: string;
  /** Who can call it at the gateway: `nobody`, `anyone`, or scopes. */
  readonly gateway: string;
  /** The error enum of its package, if there is one. */
  readonly errors: string | undefined;
}

/** The imports that the printed text needs. */
export const optionsProto = "mesh/v1/options.proto";
export const validateProto = "buf/validate/validate.proto";

/** Returns true if an RPC needs the option (mesh.v1.method). */
export function needsPolicy({ gateway, errors }: Pick<NewRpc, "gateway" | "errors">): boolean {
  return gateway !== "nobody" || errors !== undefined;
}

/** Prints an RPC as a member of a service. */
export function printRpc(rpc: NewRpc): string {
  const { name, kind, comment } = rpc;
  const response = kind === "stream" ? `stream ${name}Response` : `${name}Response`;
  const head = `  // ${comment}\n  rpc ${name}(${name}Request) returns (${response})`;
  const options = [
    ...(kind === "mutation" ? [] : ["    option idempotency_level = NO_SIDE_EFFECTS;"]),
    ...(needsPolicy(rpc) ? [`    option (mesh.v1.method) = ${printPolicy(rpc)};`] : []),
  ];
  return options.length > 0 ? `${head} {\n${options.join("\n")}\n  }\n` : `${head};\n`;
}

function printPolicy({ gateway, errors }: NewRpc): string {
  if (gateway === "nobody") return `{errors: "${errors}"}`;
  const scopes = gateway === "anyone" ? "{public: true}" : `{scopes: "${gateway}"}`;
  const declared = errors ? `      errors: "${errors}"\n` : "";
  return `{\n      gateway: ${scopes}\n${declared}    }`;
}

/** Prints a message with at most one field, a string. */
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

/** The rules of a short string that is not empty. */
export const shortText = "    min_len: 1\n    max_len: 100";

/** Prints the request and the response of an RPC that returns the text of its request. */
export function printEcho(name: string): string {
  const text = { name: "text", comment: "Any text.", rules: shortText };
  const request = printMessage(`${name}Request`, `The request of ${name}.`, text);
  return `${request}\n${printMessage(`${name}Response`, `The response of ${name}.`, { ...text, comment: "The text of the request." })}`;
}
