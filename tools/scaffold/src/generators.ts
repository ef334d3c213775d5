import { wrongAudience, wrongFieldName, wrongReason, wrongServiceName, wrongTypeName } from "./names.ts";

/** One thing that a generator must know: asked for, or given as an argument. */
export interface Question {
  readonly name: string;
  /** What is asked, and what --help says. */
  readonly text: string;
  /** `words` are given by their order, the others by a flag of their name. */
  readonly kind: "word" | "text" | "yes";
  /** What holds unless it is given; undefined: it must be given. */
  readonly preset?: string;
  /** All that may be said. */
  readonly choices?: readonly string[];
  /** Whether each of the choices is a flag of its own: `--query`. */
  readonly flagPerChoice?: boolean;
  /** What is wrong with an answer; undefined: nothing. */
  readonly wrong?: (answer: string) => string | undefined;
}

/** Something that can be generated. */
export interface Generator {
  readonly name: string;
  readonly description: string;
  readonly questions: readonly Question[];
  readonly example: string;
}

/** The codes that a contract's errors have. Source: mesh.v1.Code, without its prefix. */
const codes = [
  "FAILED_PRECONDITION",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "INVALID_ARGUMENT",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNAVAILABLE",
  "UNAUTHENTICATED",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
];

const service: Question = {
  name: "service",
  text: "its folder in services/, such as orders",
  kind: "word",
  wrong: (text) => (/^[a-z][\w-]*$/.test(text) ? undefined : `"${text}" is no folder of a service, such as orders`),
};

const gateway: Question = {
  name: "gateway",
  text: "who may call it at the gateway: nobody, anyone, or who holds scopes such as orders:read",
  kind: "text",
  preset: "nobody",
  wrong: wrongAudience,
};

const optional = (wrong: (text: string) => string | undefined) => (text: string) => (text ? wrong(text) : undefined);

/** All that can be generated. */
export const generators: readonly Generator[] = [
  {
    name: "service",
    description: "a service with one RPC: contract, code, test",
    questions: [
      { name: "name", text: "what it is called, such as greeter", kind: "word", wrong: wrongServiceName },
      { name: "rpc", text: "its first RPC", kind: "text", preset: "Echo", wrong: wrongTypeName },
      { name: "database", text: "with a database, which events need too", kind: "yes", preset: "no" },
      { name: "exposed", text: "reachable from browsers, through the gateway", kind: "yes", preset: "no" },
    ],
    example: "service greeter --rpc Greet --database --exposed",
  },
  {
    name: "rpc",
    description: "an RPC of a service: in its contract, and a function that answers",
    questions: [
      service,
      { name: "name", text: "what it is called, such as CountOrders", kind: "word", wrong: wrongTypeName },
      {
        name: "kind",
        text: "a query (no side effects), a mutation, or a stream to the client",
        kind: "text",
        preset: "mutation",
        choices: ["query", "mutation", "stream"],
        flagPerChoice: true,
      },
      gateway,
    ],
    example: "rpc orders CountOrders --query --gateway orders:read",
  },
  {
    name: "event",
    description: "an event of a service, and who publishes and who handles it",
    questions: [
      service,
      { name: "name", text: "what happened, such as OrderPlaced", kind: "word", wrong: wrongTypeName },
      {
        name: "key",
        text: "the field that says what it happened to",
        kind: "text",
        preset: "id",
        wrong: wrongFieldName,
      },
      {
        name: "rpc",
        text: "a new RPC that publishes it; empty: none",
        kind: "text",
        preset: "",
        wrong: optional(wrongTypeName),
      },
      { name: "consumer", text: "a service that handles it; empty: none", kind: "text", preset: "" },
      { ...gateway, text: `of the new RPC, ${gateway.text}` },
    ],
    example: "event greeter Greeted --key name --rpc Welcome --consumer payments",
  },
  {
    name: "error",
    description: "a reason for which a service's calls are refused",
    questions: [
      service,
      { name: "reason", text: "what is wrong, such as OUT_OF_STOCK", kind: "word", wrong: wrongReason },
      {
        name: "code",
        text: "what callers in general make of it",
        kind: "text",
        preset: "FAILED_PRECONDITION",
        choices: codes,
      },
      {
        name: "metadata",
        text: "what comes with it, separated by commas; empty: nothing",
        kind: "text",
        preset: "",
        wrong: optional((text) =>
          text
            .split(",")
            .map((key) => wrongFieldName(key))
            .find(Boolean),
        ),
      },
    ],
    example: "error orders TOO_LATE --code FAILED_PRECONDITION --metadata order_id",
  },
];
