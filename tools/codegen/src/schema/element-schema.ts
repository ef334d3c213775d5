import { type DescEnum, type DescMessage, isFieldSet, isMessage, ScalarType } from "@bufbuild/protobuf";
import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { StringRulesSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { Timestamps } from "../catalogue/timestamps.ts";
import { typeName } from "../names.ts";
import { call, literals, ofSchema, separated } from "../printing.ts";
import { anyRules } from "../rules/any-rules.ts";
import { bytesRules } from "../rules/bytes-rules.ts";
import type { RuleTable } from "../rules/checks.ts";
import { enumRules } from "../rules/enum-rules.ts";
import { fieldMaskRules } from "../rules/field-mask-rules.ts";
import { type ReadRules, typedChecks } from "../rules/field-rules.ts";
import { numberRules } from "../rules/number-rules.ts";
import type { Site } from "../rules/site.ts";
import { stringRules } from "../rules/string-rules.ts";
import { durationRules, timestampRules } from "../rules/time-rules.ts";
import { membership } from "../rules/values.ts";
import { type Element, wrapped } from "./element.ts";
import { ruleKind, scalarSchema } from "./scalar.ts";
import { plainType, schemaType, type Typed, zodType } from "./typed.ts";

/** A kind of value: the name of its rules, the printers of the rules, and the schema without rules. */
interface Kind {
  readonly name: string;
  readonly table: RuleTable;
  readonly bare: Typed;
  /** The function that returns true for zero; undefined if values of this kind have no zero. */
  readonly zero: Printable | undefined;
}

/** Returns the imported schema of a message. */
export function messageSchema(message: DescMessage): Printable {
  return createImportSymbol(`${typeName(message)}Schema`, `./${message.file.name}.zod.js`);
}

/** Returns the schema of a single field's value, with its rules. @param first checks to run before the rules */
export function elementSchema(element: Element, read: ReadRules, site: Site, first: readonly Printable[] = []): Typed {
  return checkedSchema(kindOf(element), element, read, site, first);
}

/** Returns the schema of an item, a key or a value of a map. Unlike in a single field, -0 counts as zero there. */
export function partSchema(element: Element, read: ReadRules, site: Site): Typed {
  const kind = kindOf(element);
  const isReal = kind.name === "float" || kind.name === "double";
  const zero = isReal && kind.zero ? call("firstIs", "0") : kind.zero;
  return checkedSchema({ ...kind, zero }, element, read, site, []);
}

function checkedSchema(
  { name, table, bare, zero }: Kind,
  element: Element,
  read: ReadRules,
  site: Site,
  first: readonly Printable[],
): Typed {
  const own = typedChecks(read, name, table, site);
  if (name === "string" && isGuid(read) && first.length === 0) return { js: call("guid"), type: zodType("ZodGUID") };
  const js = read.ignored && element.kind === "message" ? call("lax", bare.js) : bare.js;
  return { ...bare, js: withChecks(js, [...first, ...(zero ? conditional(own, read, zero) : own)]) };
}

/** Returns true if `uuid` is the only rule. */
function isGuid({ typed, ignoreZero }: ReadRules): boolean {
  const rules = typed?.rules;
  if (!isMessage(rules, StringRulesSchema) || ignoreZero) return false;
  if (rules.wellKnown.case !== "uuid" || !rules.wellKnown.value) return false;
  return StringRulesSchema.fields.filter((field) => isFieldSet(rules, field)).length === 1;
}

/** Returns the name of an element's rules in FieldRules; the full name of its type if it has none. */
export function kindName(element: Element): string {
  return kindOf(element).name;
}

/** Returns the function that returns true for zero. */
export function zeroTest(element: Element): Printable {
  return kindOf(element).zero ?? ofSchema("isZero");
}

/** Returns true if a value can be zero for the rules. A message can't, nor can a wrapped scalar. */
export function hasZero(element: Element): boolean {
  return kindOf(element).zero !== undefined;
}

/** Returns the checks, skipped for zero if the contract says so. */
export function conditional(own: readonly Printable[], read: ReadRules, zero: Printable): Printable[] {
  if (!read.ignoreZero || own.length === 0) return [...own];
  return [["...", call("unlessZero", zero, ...own)]];
}

function withChecks(type: Printable, all: readonly Printable[]): Printable {
  return all.length === 0 ? type : [type, ".check(", separated(all), ")"];
}

function kindOf(element: Element): Kind {
  if (element.kind === "scalar") return scalarKind(element.scalar);
  if (element.kind === "enum") return enumKind(element.enum);
  const scalar = wrapped(element.message);
  return scalar === undefined
    ? messageKind(element.message, element.timestamps)
    : { ...scalarKind(scalar), zero: undefined };
}

const enumKinds = new WeakMap<DescEnum, Kind>();

function enumKind(desc: DescEnum): Kind {
  const kind = enumKinds.get(desc) ?? { name: "enum", table: enumRules(desc), ...enumValues(desc) };
  enumKinds.set(desc, kind);
  return kind;
}

function enumValues(desc: DescEnum): Pick<Kind, "bare" | "zero"> {
  const numbers = desc.values.map(({ number }) => number);
  const [first = 0] = numbers;
  const type = plainType(createImportSymbol(typeName(desc), `./${desc.file.name}.pb.ts`, true));
  return {
    bare: { type, js: desc.open ? call("int32") : call("closedEnum", literals([...new Set(numbers)])) },
    zero: first === 0 ? ofSchema("isZero") : call("firstIs", String(first)),
  };
}

const scalarKinds = new Map<ScalarType, Kind>();

function scalarKind(scalar: ScalarType): Kind {
  const kind = scalarKinds.get(scalar) ?? makeScalarKind(scalar);
  scalarKinds.set(scalar, kind);
  return kind;
}

function makeScalarKind(scalar: ScalarType): Kind {
  const name = ruleKind(scalar);
  const kind = { name, bare: scalarSchema(scalar), zero: ofSchema("isZero") };
  if (scalar === ScalarType.STRING) return { ...kind, table: stringRules };
  if (scalar === ScalarType.BYTES) return { ...kind, table: bytesRules, zero: ofSchema("isEmpty") };
  return { ...kind, table: scalar === ScalarType.BOOL ? membership(name) : numberRules(name) };
}

function messageKind(message: DescMessage, timestamps: Timestamps = "truncate"): Kind {
  const reference = { js: messageSchema(message), type: ["typeof ", messageSchema(message)] };
  const kind = { zero: undefined, table: {}, name: message.typeName, bare: reference };
  switch (message.typeName) {
    case "google.protobuf.Timestamp":
      return { ...kind, name: "timestamp", table: timestampRules, bare: timestamp(timestamps, reference) };
    case "google.protobuf.Duration":
      return { ...kind, name: "duration", table: durationRules };
    case "google.protobuf.FieldMask": {
      const paths = { js: call("array", call("fieldPath")), type: zodType("ZodArray", schemaType("StringType")) };
      return { ...kind, name: "field_mask", table: fieldMaskRules, bare: paths };
    }
    case "google.protobuf.Any":
      return { ...kind, name: "any", table: anyRules };
    case "google.protobuf.Struct":
      return { ...kind, bare: made("jsonObject", plainType("{ [key: string]: unknown }")) };
    case "google.protobuf.ListValue":
      return { ...kind, bare: made("jsonList", plainType("unknown[]")) };
    case "google.protobuf.Value":
      return { ...kind, bare: made("json", plainType("unknown")) };
    default:
      return kind;
  }
}

function timestamp(timestamps: Timestamps, message: Typed): Typed {
  if (timestamps === "exact") return message;
  return { js: timestamps === "reject" ? call("wholeDate") : call("date"), type: zodType("ZodDate") };
}

function made(name: string, type: Printable): Typed {
  return { js: call(name), type };
}
