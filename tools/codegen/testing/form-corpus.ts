import { ScalarType } from "@bufbuild/protobuf";
import { file_google_protobuf_wrappers } from "@bufbuild/protobuf/wkt";
import { isKeyed } from "../src/schema/element.ts";
import { wellKnownTypescript } from "../src/schema/well-known.ts";
import { scalarValues, typeValues } from "./form-values.ts";

/** A type of single values, by its name in a contract, and values of it. */
type Element = readonly [type: string, values: readonly unknown[]];

/** A declaration of a field, and values that the field can have. */
interface Form {
  readonly name: string;
  /** Its declaration. A `#` is its number, an `@` its name. */
  readonly source: string;
  readonly values: readonly unknown[];
}

const scalars = Object.values(ScalarType).filter((value) => typeof value === "number");
const keyTypes = scalars.filter((one) => ![ScalarType.DOUBLE, ScalarType.FLOAT, ScalarType.BYTES].includes(one));

/** All that the generator has a type for: scalars, wrappers, and the messages with a type of their own. */
const elements: readonly Element[] = [
  ...scalars.map((scalar) => [nameOf(scalar), scalarValues[scalar]] as const),
  ...file_google_protobuf_wrappers.messages.map(wrapper),
  ...[...new Set([...wellKnownTypescript.keys(), ...Object.keys(typeValues)])].map((name) => {
    const values = typeValues[name];
    if (!values) throw new Error(`form-values.ts has no values of ${name}`);
    return [name, values] as const;
  }),
];

function wrapper({ typeName, fields }: (typeof file_google_protobuf_wrappers.messages)[number]): Element {
  return [typeName, scalarValues[fields[0]?.scalar ?? ScalarType.STRING]];
}

function nameOf(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}

/** Returns the declarations of a type. */
function declarations([type, values]: Element): Form[] {
  const isMessage = /[.PI]/.test(type);
  const absent = [undefined, ...values];
  const members = values.map((value) => ({ $case: "@value", value }));
  const forms: Form[] = [
    { name: "maybe", source: `${type} @ = #;`, values: absent },
    { name: "list", source: `repeated ${type} @ = #;`, values: [[], values.slice(0, 1), values] },
    { name: "one", source: `oneof @ { ${type} @value = #; }`, values: [undefined, ...members] },
  ];
  const group = { name: "group", source: `${type} @ = # [features.message_encoding = DELIMITED];`, values: absent };
  const groups = { ...group, name: "groups", source: `repeated ${group.source}`, values: [[], values] };
  if (isMessage) return [...forms, group, groups];
  // A closed enum is never implicit.
  const isClosed = type === "Closed";
  const plain = { name: "plain", source: `${type} @ = # [features.field_presence = IMPLICIT];`, values };
  return isClosed ? forms : [...forms, plain];
}

/** Returns maps with keys of each type, to strings and to messages; and with values of each type. */
function maps(): Form[] {
  const byKey = keyTypes.flatMap((key) =>
    (["string", "Part"] as const).map((type) => {
      const values = typeValues[type] ?? scalarValues[ScalarType.STRING];
      return mapForm(
        key,
        type,
        scalarValues[key].map((one, at) => [one, values[at % values.length]] as const),
      );
    }),
  );
  const byValue = elements.map(([type, values]) =>
    mapForm(
      ScalarType.INT64,
      type,
      values.map((value, at) => [BigInt(at), value] as const),
    ),
  );
  return [...byKey, ...byValue];
}

function mapForm(key: ScalarType, type: string, entries: readonly (readonly [unknown, unknown])[]): Form {
  const make = (some: typeof entries) => (isKeyed(key) ? new Map(some) : Object.fromEntries(some));
  const values = [[], entries.slice(0, 1), entries].map(make);
  return { name: "map", source: `map<${nameOf(key)}, ${type}> @ = #;`, values };
}

const forms = [...elements.flatMap(declarations), ...maps()].map(({ name, source, values }, index) => {
  const key = `${name}${index + 1}`;
  const named = values.map((value) => (name === "one" && value ? { ...value, $case: `${key}value` } : value));
  return { key, source: source.replaceAll("@", key).replace("#", String(index + 1)), values: named };
});

/** The paths of the files that the contract imports. */
const imports = [
  ...["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"].map(
    (name) => `google/protobuf/${name}`,
  ),
  "google/api/annotations",
  "mesh/v1/options",
];

/** A contract that declares every form that a value can have in TypeScript. */
export const formsProto = `
edition = "2023";
package forms.v1;
${imports.map((path) => `import "${path}.proto";`).join("\n")}
service FormService {
  rpc Echo(Forms) returns (Forms) {
    option (google.api.http) = { post: "/v1/forms" body: "*" };
    option (mesh.v1.method) = { gateway: {public: true} };
  }
  rpc Watch(WatchRequest) returns (stream Forms) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = { get: "/v1/forms" };
    option (mesh.v1.method) = { gateway: {public: true} };
  }
}
message WatchRequest {}
message FormsSent {
  option (mesh.v1.event) = { subject: "forms.v1.forms_sent" key: "id" };
  string id = 1 [features.field_presence = IMPLICIT];
  Forms forms = 2;
}
enum Color { COLOR_NONE = 0; COLOR_RED = 1; COLOR_BLUE = -2; }
enum Closed { option features.enum_type = CLOSED; CLOSED_ONE = 1; CLOSED_TWO = 2; }
message Part { string text = 1 [features.field_presence = IMPLICIT]; Part part = 2; }
message Inherited { string to_string = 1; Inherited constructor = 2; }
message Forms {
${forms.map(({ source }) => `  ${source}`).join("\n")}
}
`;

/** Returns the key of the field with presence of a type, such as `google.protobuf.Any`. */
export function formKeyOf(type: string): string {
  const form = forms.find(({ key, source }) => key.startsWith("maybe") && source.startsWith(`${type} `));
  if (!form) throw new Error(`no form has the type ${type}`);
  return form.key;
}

/** Messages of `forms.v1.Forms` which together have every value of every field. */
export const formMessages: readonly Record<string, unknown>[] = Array.from(
  { length: Math.max(...forms.map(({ values }) => values.length)) },
  (_, round) => Object.fromEntries(forms.map(({ key, values }) => [key, values[round % values.length]])),
);
