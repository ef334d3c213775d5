import { optionsProto, shortText, validateProto } from "../contract/print-rpc.ts";
import { pascalCase } from "../names.ts";
import type { NewResource } from "./resource.ts";

const annotationsProto = "google/api/annotations.proto";
const timestampProto = "google/protobuf/timestamp.proto";

/** Returns the contract of a service that creates, gets and lists a resource. */
export function resourceContract(resource: NewResource): string {
  const imports = [validateProto, annotationsProto, timestampProto, optionsProto].sort();
  return [
    `syntax = "proto3";\n\npackage ${resource.name}.v1;\n`,
    `${imports.map((file) => `import "${file}";`).join("\n")}\n`,
    ...(resource.isOpen ? [] : [rolesText(resource)]),
    serviceText(resource),
    messagesText(resource),
    listText(resource),
    errorsText(resource),
  ].join("\n");
}

function serviceText(resource: NewResource): string {
  const { name, definition, type, types, field } = resource;
  const route = `/v1/${name}`;
  const one = `response_body: "${field}"`;
  return `// Manages ${words(types)}.
service ${definition} {
  // Adds ${withArticle(type)}. A second call with the same id returns what the first one stored.
  rpc Create${type}(Create${type}Request) returns (Create${type}Response) {
    option (google.api.http) = {\n      post: "${route}"\n      body: "*"\n      ${one}\n    };
${policy(resource, "write")}
  }

  // Returns one ${words(type)}.
  rpc Get${type}(Get${type}Request) returns (Get${type}Response) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {\n      get: "${route}/{id}"\n      ${one}\n    };
${policy(resource, "read")}
  }

  // Lists ${words(types)}, newest first, page by page.
  rpc List${types}(List${types}Request) returns (List${types}Response) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {get: "${route}"};
${policy(resource, "read")}
  }
}
`;
}

/** Prints the roles that have the scopes of the service. */
function rolesText({ name }: NewResource): string {
  const role = (who: string, ...rights: string[]) => {
    const scopes = rights.map((right) => `${name}:${right}`).join(" ");
    return `  roles: {\n    name: "${who}"\n    scopes: "${scopes}"\n  }\n`;
  };
  const roles = ["customer", "admin"].map((who) => role(who, "read", "write"));
  return `option (mesh.v1.package) = {\n${roles.join("")}};\n`;
}

function policy({ name, errors, isOpen }: NewResource, right: "read" | "write"): string {
  const gateway = isOpen ? "{public: true}" : `{scopes: "${name}:${right}"}`;
  return `    option (mesh.v1.method) = {\n      gateway: ${gateway}\n      errors: "${errors}"\n    };`;
}

function messagesText({ type, field }: NewResource): string {
  const title = `string title = 2 [(buf.validate.field).string = {\n${shortText}\n  }];`;
  const text = "string text = 3 [(buf.validate.field).string.max_len = 2000];";
  const id = "string id = 1 [(buf.validate.field).string.uuid = true];";
  const optionalId = id.replace(
    "[(buf.validate.field).string.uuid = true]",
    "[\n    (buf.validate.field).string.uuid = true,\n    (buf.validate.field).ignore = IGNORE_IF_ZERO_VALUE\n  ]",
  );
  const response = (verb: string, comment: string) =>
    `// ${comment}\nmessage ${verb}${type}Response {\n  // The ${words(type)}.\n  ${type} ${field} = 1 [(buf.validate.field).required = true];\n}\n`;
  return `// ${pascalCase(withArticle(type))}.
message ${type} {
  // Its id.
  ${id}
  // Its title.
  ${title}
  // Its text. Empty if there is none.
  ${text}
  // The time when it was created. Set by the service.
  google.protobuf.Timestamp created_at = 4 [(buf.validate.field).required = true];
}

// A request to add ${withArticle(type)}.
message Create${type}Request {
  // Its id, so that a repeated call adds nothing. Empty: the service chooses one.
  ${optionalId}
  // Its title.
  ${title}
  // Its text.
  ${text}
}

${response("Create", `The ${words(type)} is stored.`)}
// A request for one ${words(type)}.
message Get${type}Request {
  // Its id.
  ${id}
}

${response("Get", `One ${words(type)}.`)}`;
}

function listText({ type, types, fields }: NewResource): string {
  return `// A request for a page of ${words(types)}.
message List${types}Request {
  // The maximum number of ${words(types)} to return. 0 selects the default, 20.
  int32 page_size = 1 [(buf.validate.field).int32 = {\n    gte: 0\n    lte: 100\n  }];
  // The \`next_page_token\` of the previous page. Empty for the first page.
  string page_token = 2 [(buf.validate.field).string.max_len = 512];
}

// A page of ${words(types)}.
message List${types}Response {
  // The ${words(types)} of this page, newest first.
  repeated ${type} ${fields} = 1 [(buf.validate.field).repeated.max_items = 100];
  // The token to request the next page. Empty if this is the last page.
  string next_page_token = 2 [(buf.validate.field).string.max_len = 512];
}
`;
}

function errorsText({ name, type, errors, prefix, notFound }: NewResource): string {
  return `// The errors of ${name}.
enum ${errors} {
  // Not set.
  ${prefix}_UNSPECIFIED = 0;
  // No ${words(type)} has this id.
  ${prefix}_${notFound} = 1 [(mesh.v1.error) = {\n    code: CODE_NOT_FOUND\n    metadata: ["id"]\n  }];
  // The page token was not made by this service.
  ${prefix}_PAGE_TOKEN_INVALID = 2 [(mesh.v1.error) = {code: CODE_INVALID_ARGUMENT}];
}
`;
}

/** Returns the words of a name with their article: `an order note` of `OrderNote`. */
function withArticle(name: string): string {
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${words(name)}`;
}

/** Converts `OrderNote` to `order note`. */
function words(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ").toLowerCase();
}
