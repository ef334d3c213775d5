import { create, toBinary } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { formKeyOf } from "@mesh/codegen/testing";
import { MeshError } from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";
import { createTRPCUntypedClient, httpLink, TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../fixtures/browser.ts";
import { type Forms, openForms } from "../fixtures/forms.ts";
import { parsed } from "../fixtures/rest-client.ts";

// A value that the .proto of a well-known type forbids is rejected by every surface, with the name of its field. What one
// surface accepts, all return.

const browser = openBrowser("");
let opened: Awaited<ReturnType<typeof openForms>>;
beforeAll(async () => {
  opened = await openForms();
});
afterAll(() => opened?.close());

const keyOf = (type: string) => formKeyOf(/^[A-Z]/.test(type) ? `google.protobuf.${type}` : type);
const known = "type.googleapis.com/forms.v1.Part";
const unknown = "type.googleapis.com/no.Such";

async function callTrpc(forms: Forms): Promise<unknown> {
  const fetch = (url: string | URL, init: unknown) => browser.fetch(url, init as RequestInit);
  const client = createTRPCUntypedClient({ links: [httpLink({ url: `${opened.url}/trpc`, transformer, fetch })] });
  return client.mutation("forms.echo", forms);
}

async function callRest(body: object) {
  const headers = { "content-type": "application/json" };
  const url = `${opened.url}/v1/forms`;
  const response = await browser.fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, json: parsed(await response.text()) };
}

/** Returns the fields that an error names. */
function fieldsOf(error: unknown): unknown {
  const problem = error instanceof TRPCClientError ? error.data : error;
  if (!(error instanceof MeshError) && !(error instanceof TRPCClientError)) throw error;
  return problem.violations.map(({ field }: { field: string }) => field);
}

const half = JSON.parse('"\\ud800"');

/** The type of a field, a value of it, its JSON if it has one, and the place in the value that is wrong. */
const rejected: readonly (readonly [type: string, value: unknown, json: unknown, inner?: string])[] = [
  ["Timestamp", new Date("0000-12-31T23:59:59.999Z"), "0000-01-01T00:00:00Z"],
  ["Timestamp", new Date("+010000-01-01T00:00:00Z"), "10000-01-01T00:00:00Z"],
  ["Duration", { seconds: 1n, nanos: -1 }, "400000000000s"],
  ["Duration", { seconds: 0n, nanos: 2_000_000_000 }, "1.0000000001s"],
  ["FieldMask", ["display__name"], "display__name"],
  ["FieldMask", ["fooBar"], "foo_bar"],
  ["Any", { typeUrl: "x", value: new Uint8Array() }, { "@type": "x" }],
  ["Any", { typeUrl: known, value: new Uint8Array([255, 255]) }, { "@type": known, "@value": "//8=" }],
  ["Any", { typeUrl: unknown, value: new Uint8Array([255]) }, { "@type": unknown, "@value": "/w==" }],
  ["Struct", { a: Number.NaN }, undefined, '["a"]'],
  ["Struct", { a: half }, { a: half }, '["a"]'],
  ["Struct", { a: new Date(0) }, undefined, '["a"]'],
  ["Struct", { a: new Uint8Array([1, 2]) }, undefined, '["a"]'],
  ["Value", Number.POSITIVE_INFINITY, undefined],
  ["ListValue", [1, undefined], undefined, "[1]"],
  ["string", half, half],
];

const cases = rejected.map(([type, value, json, inner = ""]) => ({ type, value, json, inner }));

describe.each(cases)("$type $value is rejected", ({ type, value, json, inner }) => {
  const key = keyOf(type);
  const named = [expect.stringMatching(new RegExp(`^${key}(?:\\[\\d\\])?$`))];
  const expected = inner === "" ? named : [key + inner];

  test("by gRPC and by events", async () => {
    await expect(opened.client.echo({ [key]: value }).catch(fieldsOf)).resolves.toEqual(expected);
    const { error } = opened.event.schema.safeParse({ id: "a", forms: { [key]: value } });
    expect(error?.issues[0]?.path.slice(0, 2)).toEqual(["forms", key]);
  });

  test("by tRPC", async () => {
    await expect(callTrpc({ [key]: value }).catch(fieldsOf)).resolves.toEqual(expected);
  });

  test.skipIf(json === undefined)("by REST", async () => {
    const { status, json: problem } = await callRest({ [key]: json });
    expect([status, problem.violations.map(({ field }: { field: string }) => field)]).toEqual([400, expected]);
  });
});

describe.each(cases)("a handler that returns $type $value is at fault", ({ type, value, inner }) => {
  const key = keyOf(type);

  /** Returns the error lines that the service writes meanwhile, without ids. */
  async function linesDuring(call: () => Promise<void>): Promise<unknown[]> {
    const { length } = opened.logged;
    const right = opened.type.decode(new Uint8Array()) as Forms;
    opened.seen.returned = { ...right, [key]: value };
    opened.seen.called = [right, opened.seen.returned];
    await call();
    opened.seen.returned = undefined;
    const errors = opened.logged.slice(length).filter(({ level }) => level === 50);
    return errors.map(({ method, err }) => ({ method, err }));
  }

  /** The line that names the RPC, the field and the reason. */
  function lineOf(rpc: string): unknown {
    const place = `${key}${inner}`.replace(/[[\]]/g, "\\$&");
    const message = new RegExp(`^the handler returned no valid forms.v1.Forms: ${place}(?:\\[\\d\\])?: must .`);
    return {
      method: `forms.v1.FormService/${rpc}`,
      err: expect.objectContaining({ message: expect.stringMatching(message) }),
    };
  }

  const neutral = /^internal error \(id \w+\)$/;

  test("by gRPC", async () => {
    const error = { code: "INTERNAL", message: expect.stringMatching(neutral), violations: [] };
    const unary = () => expect(opened.client.echo({})).rejects.toMatchObject(error);
    expect(await linesDuring(unary)).toEqual([lineOf("Echo")]);
    const received: Forms[] = [];
    const stream = async () => {
      for await (const forms of opened.client.watch({})) received.push(forms);
    };
    expect(await linesDuring(() => expect(stream()).rejects.toMatchObject(error))).toEqual([lineOf("Watch")]);
    expect(received).toHaveLength(1);
  });

  test("by tRPC and REST", async () => {
    const data = expect.objectContaining({ code: "INTERNAL_SERVER_ERROR", violations: [] });
    const trpc = () => expect(callTrpc({})).rejects.toMatchObject({ data });
    expect(await linesDuring(trpc)).toEqual([lineOf("Echo")]);
    const rest = async () => {
      const { status, json } = await callRest({});
      expect([status, json.code, JSON.stringify(json).includes(key)]).toEqual([500, "INTERNAL", false]);
    };
    expect(await linesDuring(rest)).toEqual([lineOf("Echo")]);
  });
});

/** Anys that JSON can't show, besides an empty one, and their JSON. */
const travelling: readonly (readonly [name: string, value: object, json: object])[] = [
  [
    "an Any of an unknown type",
    { typeUrl: unknown, value: new Uint8Array([8, 1]) },
    { "@type": unknown, "@value": "CAE=" },
  ],
  [
    "an Any whose type URL has a zero",
    { typeUrl: "x/y\0/no.Such", value: new Uint8Array([8, 1]) },
    { "@type": "x/y\0/no.Such", "@value": "CAE=" },
  ],
  ["an empty Any", { typeUrl: "", value: new Uint8Array() }, {}],
  [
    "an Any of a known type with bytes that are not its own",
    { typeUrl: known, value: new Uint8Array([10, 1, 255]) },
    { "@type": known, "@value": "CgH/" },
  ],
];

describe.each(travelling)("%s", (_, value, json) => {
  const key = keyOf("Any");

  test("travels by gRPC and tRPC", async () => {
    expect((await opened.client.echo({ [key]: value }))[key]).toEqual(value);
    expect(await callTrpc({ [key]: value })).toMatchObject({ [key]: value });
  });

  test("is returned and read by REST", async () => {
    opened.seen.called = [];
    const { status, json: returned } = await callRest({ [key]: json });
    expect([status, returned[key]]).toEqual([200, json]);
    expect(opened.seen.called[0]?.[key]).toEqual(value);
  });
});

/** Returns lists in each other. */
function lists(depth: number): unknown {
  return depth === 0 ? "a" : [lists(depth - 1)];
}

/** Returns objects in each other. */
function objects(depth: number): unknown {
  return depth === 0 ? "a" : { a: objects(depth - 1) };
}

test.each([44, 45, 46, 60])(
  "JSON of %i lists or objects in each other has one verdict on every surface",
  async (depth) => {
    const key = keyOf("Value");
    for (const value of [lists(depth), objects(depth)]) {
      const forms = { [key]: value };
      const called = [opened.client.echo(forms), callTrpc(forms)].map((call) => call.then(() => [], fieldsOf));
      const { status, json } = await callRest(forms);
      const verdicts = [
        ...(await Promise.all(called)),
        json.violations?.map(({ field }: { field: string }) => field) ?? [],
      ];
      const place = key + (Array.isArray(value) ? "[0]" : '["a"]').repeat(45);
      expect([status, ...verdicts]).toEqual(depth > 45 ? [400, [place], [place], [place]] : [200, [], [], []]);
      if (status === 200) expect(json[key]).toEqual(value);
    }
  },
);

test.each([
  { "@type": "/google.protobuf.Duration", value: "1s" },
  { "@type": "example.com/a/google.protobuf.BytesValue", value: "CAE=" },
  { "@type": "example.com/google.protobuf.Empty" },
  { "@type": "example.com/forms.v1.Part", text: "a", part: { text: "b" } },
  { "@type": "example.com/google.protobuf.Any", value: { "@type": "example.org/forms.v1.Part", text: "a" } },
  { "@type": known, text: "a", part: { text: "b" } },
])("an Any keeps its type URL, with any host: %j", async (json) => {
  const key = keyOf("Any");
  opened.seen.called = [];
  const { status, json: returned } = await callRest({ [key]: json });
  expect([status, returned[key]]).toEqual([200, json]);
  expect(opened.seen.called[0]?.[key]).toMatchObject({ typeUrl: json["@type"] });
});

/** Returns a message that is the last of others in each other. */
function parts(depth: number): object {
  return { text: "", part: depth === 1 ? undefined : parts(depth - 1) };
}

// The message around them is one more, and the event of it another one.
test.each([63, 98, 100])("%i messages in each other have one verdict on every surface", async (depth) => {
  const key = formKeyOf("Part");
  const forms = { [key]: parts(depth) };
  const verdicts = await Promise.all([opened.client.echo(forms), callTrpc(forms)].map((call) => call.catch(fieldsOf)));
  const { status, json } = await callRest(forms);
  if (depth < 100) {
    expect(verdicts).toMatchObject([forms, forms]);
    expect([status, json]).toMatchObject([200, JSON.parse(JSON.stringify(forms))]);
    return;
  }
  const place = [`${key}${".part".repeat(99)}`];
  const fields = json.violations.map(({ field }: { field: string }) => field);
  expect([status, fields, ...verdicts]).toEqual([400, place, place, place]);
});

describe("Anys inside an Any of a known type", () => {
  const formsUrl = "type.googleapis.com/forms.v1.Forms";
  const key = keyOf("Any");

  /** Returns Forms that have a value alone, in a list and in a map. */
  function holding(value: unknown, entries: unknown): Forms {
    const anys = opened.desc.fields.filter(({ message }) => message?.typeName === AnySchema.typeName);
    const [list, map] = ["list", "map"].map((kind) => anys.find(({ fieldKind }) => fieldKind === kind)?.name ?? kind);
    return { [key]: value, [String(list)]: [value], [String(map)]: entries };
  }

  function encoded(forms: object): Uint8Array {
    return opened.type.encode({ ...(opened.type.decode(new Uint8Array()) as object), ...forms });
  }

  /** Returns an Any of Forms with Anys, in one more Any, and its JSON. */
  function nested(inner: object, innerJson: object) {
    const value = encoded(holding(inner, new Map([[1n, inner]])));
    const json = { "@type": formsUrl, ...holding(innerJson, { 1: innerJson }) };
    const any = toBinary(AnySchema, create(AnySchema, { typeUrl: formsUrl, value }));
    const type = "type.googleapis.com/google.protobuf.Any";
    return { value: { typeUrl: type, value: any }, json: { "@type": type, value: json } };
  }

  test.each(travelling)("reach the service with their own bytes, and are returned: %s", async (_, value, json) => {
    opened.seen.called = [];
    const once = nested(value, json);
    const twice = nested(once.value, once.json);
    const { status, json: returned } = await callRest(holding(twice.json, { 1: twice.json }));
    expect(status).toBe(200);
    expect(opened.seen.called).toMatchObject([holding(twice.value, new Map([[1n, twice.value]]))]);
    expect(returned).toMatchObject(holding(twice.json, { 1: twice.json }));
  });

  test("are returned in the bytes of the outer one if it has no form in JSON", async () => {
    const [duration, any] = [
      { seconds: 1n, nanos: -1 },
      { typeUrl: unknown, value: new Uint8Array([8, 1]) },
    ];
    const value = encoded({ [key]: any, [keyOf("Duration")]: duration });
    const json = { "@type": formsUrl, "@value": Buffer.from(value).toString("base64") };
    const { status, json: returned } = await callRest({ [key]: json });
    expect([status, returned[key]]).toEqual([200, json]);
  });

  test.each([
    { "@type": unknown, "@value": "/w==" },
    { "@type": known, "@value": "/w==" },
    { "@type": "x/no such", "@value": "CAE=" },
  ])("are rejected if they are not protobuf: %j", async (json) => {
    const { status, json: problem } = await callRest({ [key]: { "@type": formsUrl, [key]: json } });
    expect([status, problem.violations]).toEqual([400, [expect.objectContaining({ field: `${key}.${key}` })]]);
  });
});
