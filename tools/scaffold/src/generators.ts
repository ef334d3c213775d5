import {
  listOf,
  wrongAudience,
  wrongFieldName,
  wrongMetadata,
  wrongReason,
  wrongResource,
  wrongServiceName,
  wrongTypeName,
} from "./names.ts";

/** An input of a generator: an argument, or the answer to a prompt. */
export interface Question {
  readonly name: string;
  /** The text of the prompt and of `--help`. */
  readonly text: string;
  /** A `word` is positional. The others are flags with this name. */
  readonly kind: "word" | "text" | "yes";
  /** The default. Undefined if the input is required. */
  readonly preset?: string;
  /** The allowed values. */
  readonly choices?: readonly string[];
  /** True if commas separate several values. The flag may also be repeated. */
  readonly isList?: boolean;
  /** True if each choice is a flag of its own: `--query`. */
  readonly flagPerChoice?: boolean;
  /** Returns the error of an invalid value. Undefined if it is valid. */
  readonly wrong?: (answer: string) => string | undefined;
}

/** A kind of code that can be generated. */
export interface Generator {
  readonly name: string;
  readonly description: string;
  readonly questions: readonly Question[];
  readonly example: string;
}

/** The codes of errors. Source: mesh.v1.Code, without its prefix. */
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
  text: "the folder of the service in services/, such as orders",
  kind: "word",
  wrong: (text) =>
    /^[a-z][\w-]*$/.test(text) ? undefined : `"${text}" is not the folder of a service, such as orders`,
};

const gateway: Question = {
  name: "gateway",
  text: "who can call it at the gateway: nobody, anyone, or callers with scopes such as orders:read",
  kind: "text",
  preset: "nobody",
  wrong: wrongAudience,
};

const unlessNone = (wrong: (text: string) => string | undefined) => (text: string) =>
  text === "none" ? undefined : wrong(text);
const optional = (wrong: (text: string) => string | undefined) => (text: string) => (text ? wrong(text) : undefined);

/** All generators. */
export const generators: readonly Generator[] = [
  {
    name: "service",
    description: "a service that creates, gets and lists a resource: contract, routes, table, code, test",
    questions: [
      { name: "name", text: "the name of the service, such as greeter", kind: "word", wrong: wrongServiceName },
      {
        name: "rpc",
        text: "the name of its only RPC, for a service without a resource",
        kind: "text",
        preset: "none",
        wrong: unlessNone(wrongTypeName),
      },
      { name: "database", text: "with --rpc: with a database, which events also need", kind: "yes", preset: "no" },
      {
        name: "exposed",
        text: "open to every caller at the gateway; without it, a resource needs scopes, and an RPC is not exposed",
        kind: "yes",
        preset: "no",
      },
      {
        name: "resource",
        text: "the resource, such as Review; auto: the singular of the name of the service",
        kind: "text",
        preset: "auto",
        wrong: (text) => (text === "auto" ? undefined : wrongResource(text)),
      },
      {
        name: "consume",
        text: "the events that it consumes, separated by commas, such as OrderConfirmed",
        kind: "text",
        isList: true,
        preset: "none",
      },
      {
        name: "peer",
        text: "the services that it calls, separated by commas, such as catalog",
        kind: "text",
        isList: true,
        preset: "none",
      },
    ],
    example: "service reviews --resource Review --consume OrderConfirmed --peer catalog",
  },
  {
    name: "rpc",
    description: "an RPC of a service: its contract and its function",
    questions: [
      service,
      { name: "name", text: "the name of the RPC, such as CountOrders", kind: "word", wrong: wrongTypeName },
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
    description: "an event of a service, with a publisher and a consumer",
    questions: [
      service,
      { name: "name", text: "the name of the event, such as OrderPlaced", kind: "word", wrong: wrongTypeName },
      {
        name: "key",
        text: "the field that identifies the subject of the event",
        kind: "text",
        preset: "id",
        wrong: wrongFieldName,
      },
      {
        name: "rpc",
        text: "a new RPC that publishes it (empty: none)",
        kind: "text",
        preset: "",
        wrong: optional(wrongTypeName),
      },
      { name: "consumer", text: "a service that consumes it (empty: none)", kind: "text", preset: "" },
      { ...gateway, text: `for the new RPC, ${gateway.text}` },
    ],
    example: "event greeter Greeted --key name --rpc Welcome --consumer payments",
  },
  {
    name: "job",
    description: "a job of a service, with its handler, a test, and an RPC that enqueues it",
    questions: [
      service,
      { name: "name", text: "the name of the job, such as SendInvoice", kind: "word", wrong: wrongTypeName },
      {
        name: "rpc",
        text: "a new RPC that enqueues it (empty: none)",
        kind: "text",
        preset: "",
        wrong: optional(wrongTypeName),
      },
      { ...gateway, text: `for the new RPC, ${gateway.text}` },
    ],
    example: "job greeter SendCard --rpc OrderCard --gateway anyone",
  },
  {
    name: "error",
    description: "an error reason of a service",
    questions: [
      service,
      { name: "reason", text: "the name of the reason, such as OUT_OF_STOCK", kind: "word", wrong: wrongReason },
      {
        name: "code",
        text: "the status code of the error",
        kind: "text",
        preset: "FAILED_PRECONDITION",
        choices: codes,
      },
      {
        name: "metadata",
        text: "the metadata keys, such as order_id,quantity:int32 (empty: none)",
        kind: "text",
        preset: "",
        isList: true,
        wrong: optional((text) =>
          listOf(text)
            .map((entry) => wrongMetadata(entry))
            .find(Boolean),
        ),
      },
      {
        name: "rpcs",
        text: "the RPCs that return it, separated by commas, which declare the error enum; all: every RPC",
        kind: "text",
        isList: true,
        preset: "none",
      },
    ],
    example: "error orders TOO_LATE --code FAILED_PRECONDITION --metadata order_id --rpcs PlaceOrder",
  },
];
