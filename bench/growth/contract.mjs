// The contract of a synthetic service, and its hand-written code.

/** The methods of each service: a name, and how it is called. */
const methods = [
  ["Get", "query"],
  ["List", "query"],
  ["Count", "query"],
  ["Search", "query"],
  ["Create", "mutation"],
  ["Update", "mutation"],
  ["Archive", "mutation"],
  ["Restore", "mutation"],
  ["Delete", "mutation"],
  ["Watch", "subscription"],
];

/** The methods' names in TypeScript. */
export const methodNames = methods.map(([verb]) => `${verb.toLowerCase()}Thing`);

/** A service with ten methods, messages of eight fields, an event and errors: its .proto. */
export function contractOf(name) {
  const own = capital(name);
  return `syntax = "proto3";

package ${name}.v1;

import "buf/validate/validate.proto";
import "google/protobuf/timestamp.proto";
import "mesh/v1/money.proto";
import "mesh/v1/options.proto";

// Keeps the things of ${name}.
service ${own}Service {
${methods.map(([verb, kind]) => rpc(own, verb, kind)).join("\n")}}

// The state of a thing.
enum ThingState {
  // Not set.
  THING_STATE_UNSPECIFIED = 0;
  // It is there.
  THING_STATE_ACTIVE = 1;
  // It is put away.
  THING_STATE_ARCHIVED = 2;
}

// A part of a thing.
message ThingPart {
${fields("part")}}

${methods.map(([verb]) => message(`${verb}ThingRequest`) + message(`${verb}ThingResponse`)).join("")}// A thing has changed.
message ThingChanged {
  option (mesh.v1.event) = {
    subject: "${name}.v1.thing_changed"
    key: "id"
  };
${fields("event")}}

// Why a call was refused.
enum ${own}Error {
  // Not set.
  ${name.toUpperCase()}_ERROR_UNSPECIFIED = 0;
${errors(name)}}
`;
}

function rpc(own, verb, kind) {
  const query = kind === "query" ? "    option idempotency_level = NO_SIDE_EFFECTS;\n" : "";
  const answer = `${kind === "subscription" ? "stream " : ""}${verb}ThingResponse`;
  return `  // ${verb} does what it says to a thing.
  rpc ${verb}Thing(${verb}ThingRequest) returns (${answer}) {
${query}    option (mesh.v1.method) = {
      gateway: {scopes: "things:read"}
      errors: "${own}Error"
    };
  }
`;
}

function message(name) {
  return `// What ${name} carries.
message ${name} {
${fields("message")}}

`;
}

/** Eight of them: a rule each, a 64-bit integer, an instant, a nested message, a list, an optional and a oneof. */
function fields(of) {
  const nested = of === "part" ? "mesh.v1.Money" : "ThingPart";
  return `  // Which one.
  string id = 1 [(buf.validate.field).string.uuid = true];
  // How many.
  int64 amount = 2 [(buf.validate.field).int64 = {
    gte: 0
    lte: 1000000
  }];
  // Since when.
  google.protobuf.Timestamp at = 3 [(buf.validate.field).required = true];
  // The state of the thing.
  ThingState state = 4 [(buf.validate.field).enum.defined_only = true];
  // The main part of the thing.
  ${nested} part = 5;
  // The tags of the thing.
  repeated string tags = 6 [(buf.validate.field).repeated = {
    max_items: 20
    items: {
      string: {max_len: 40}
    }
  }];
  // A note on the thing.
  optional string note = 7 [(buf.validate.field).string.max_len = 200];
  // Whom to ask.
  oneof contact {
    // By letter.
    string email = 8 [(buf.validate.field).string.email = true];
    // By number.
    int32 extension = 9 [(buf.validate.field).int32.gte = 0];
  }
`;
}

function errors(name) {
  const prefix = `  ${name.toUpperCase()}_ERROR_`;
  return `  // There is no such thing.
${prefix}THING_NOT_FOUND = 1 [(mesh.v1.error) = {
    code: CODE_NOT_FOUND
    metadata: ["thing_id"]
  }];
  // The thing is put away.
${prefix}THING_ARCHIVED = 2 [(mesh.v1.error) = {
    code: CODE_FAILED_PRECONDITION
    metadata: ["thing_id", "archived_at"]
  }];
  // There are too many.
${prefix}TOO_MANY_THINGS = 3 [(mesh.v1.error) = {code: CODE_RESOURCE_EXHAUSTED}];
`;
}

/** What implements a service, with another one as its peer. */
export function serviceOf(name, peer) {
  const own = capital(name);
  const handlers = methods.map(([verb, kind]) => handler(own, peer, verb, kind)).join("");
  return `import { ${own}Error, ${own}Service, ThingState } from "@mesh/contracts/${name}/v1";
import { ${capital(peer)}Service } from "@mesh/contracts/${peer}/v1";
import { service } from "@mesh/service";

export const ${name} = service(${own}Service, { peers: { ${peer}: ${capital(peer)}Service } }, {
${handlers}});

function thing(id: string, amount: bigint) {
  const tags = ["made up"];
  return { id, amount, at: new Date(), state: ThingState.THING_STATE_ACTIVE, part: undefined, tags };
}
`;
}

function handler(own, peer, verb, kind) {
  const head = `${kind === "subscription" ? "async *" : "async "}${verb.toLowerCase()}Thing`;
  const give = kind === "subscription" ? "yield" : "return";
  return `  ${head}({ id, amount }, { peers }) {
    if (amount === 0n) throw ${own}Error.thingNotFound({ thingId: id });
    const { amount: more } = await peers.${peer}.countThing({ id, at: new Date() });
    ${give} thing(id, amount + more);
  },
`;
}

/** What checks every message of a service by its schema. */
export function schemasOf(name) {
  const messages = methods.flatMap(([verb]) => [`${verb}ThingRequest`, `${verb}ThingResponse`]);
  const parsers = messages.map(
    (message) => `  ${message}: (value: z.input<typeof contract.${message}Schema>): contract.${message} =>
    contract.${message}Schema.parse(value satisfies contract.${message}Input),
`,
  );
  return `import * as contract from "@mesh/contracts/${name}/v1";
import type { z } from "zod";

export const parsers = {
${parsers.join("")}};
`;
}

/** Returns the code of a page that queries and changes a service, and distinguishes its errors. */
export function pagePartOf(name) {
  return `
export async function use${capital(name)}(id: string): Promise<string> {
  const { part, at } = await trpc.${name}.getThing.query({ id, at: new Date() });
  const { contact } = await trpc.${name}.updateThing.mutate({ id, at, part: part && { ...part, amount: part.amount + 1n } });
  return contact?.$case === "email" ? contact.value : "";
}
export const ${name}Options = api.${name}.createThing.mutationOptions({
  onError: ({ data }) => {
    switch (data?.reason) {
      case "THING_NOT_FOUND":
        return data.metadata.thingId;
      case "THING_ARCHIVED":
        return data.metadata.archivedAt;
      case "TOO_MANY_THINGS":
      case "":
      case undefined:
        return undefined;
      default:
        return data satisfies never;
    }
  },
});
`;
}

/** \`svc7\` as it begins a name: \`Svc7\`. */
export function capital(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
