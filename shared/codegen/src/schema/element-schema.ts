import { type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { typeName } from "../names.ts";
import { call, ofSchema, separated } from "../printing.ts";
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

/** How the values of a field are checked: the rules' name, how to print them, and the schema without them. */
interface Kind {
  readonly name: string;
  readonly table: RuleTable;
  readonly bare: Printable;
  /** The function that says whether a value is zero; undefined: values of this kind have no zero. */
  readonly zero: "isZero" | "isEmpty" | undefined;
}

/** The schema of a message, by its name. */
export function messageSchema(message: DescMessage): Printable {
  return createImportSymbol(`${typeName(message)}Schema`, `./${message.file.name}.zod.js`);
}

/** The schema of one value, with its rules; `first` are checks that come before them. */
export function elementSchema(
  element: Element,
  read: ReadRules,
  site: Site,
  first: readonly Printable[] = [],
): Printable {
  const { name, table, bare, zero } = kindOf(element);
  const type = read.ignored && element.kind === "message" ? call("lax", bare) : bare;
  const own = typedChecks(read, name, table, site);
  return withChecks(type, [...first, ...(zero ? conditional(own, read, zero) : own)]);
}

/** The function that says whether a value is zero. */
export function zeroTest(element: Element): "isZero" | "isEmpty" {
  return kindOf(element).zero ?? "isZero";
}

/** Whether a value can be zero, as far as rules care: a message can't, nor what is wrapped in one. */
export function hasZero(element: Element): boolean {
  return kindOf(element).zero !== undefined;
}

/** Checks that do not count for a zero value, if the contract says so. */
export function conditional(own: readonly Printable[], read: ReadRules, zero: string): Printable[] {
  if (!read.ignoreZero || own.length === 0) return [...own];
  return [["...", call("unlessZero", ofSchema(zero), ...own)]];
}

function withChecks(type: Printable, all: readonly Printable[]): Printable {
  return all.length === 0 ? type : [type, ".check(", separated(all), ")"];
}

function kindOf(element: Element): Kind {
  if (element.kind === "scalar") return scalarKind(element.scalar);
  if (element.kind === "enum") {
    return { name: "enum", table: enumRules(element.enum), bare: call("int32"), zero: "isZero" };
  }
  const scalar = wrapped(element.message);
  return scalar === undefined ? messageKind(element.message) : { ...scalarKind(scalar), zero: undefined };
}

function scalarKind(scalar: ScalarType): Kind {
  const name = ruleKind(scalar);
  const kind = { name, bare: scalarSchema(scalar), zero: "isZero" } as const;
  if (scalar === ScalarType.STRING) return { ...kind, table: stringRules };
  if (scalar === ScalarType.BYTES) return { ...kind, table: bytesRules, zero: "isEmpty" };
  return { ...kind, table: scalar === ScalarType.BOOL ? membership(name) : numberRules(name) };
}

function messageKind(message: DescMessage): Kind {
  const kind = { zero: undefined, table: {}, name: message.typeName };
  switch (message.typeName) {
    case "google.protobuf.Timestamp":
      return { ...kind, name: "timestamp", table: timestampRules, bare: call("date") };
    case "google.protobuf.Duration":
      return { ...kind, name: "duration", table: durationRules, bare: messageSchema(message) };
    case "google.protobuf.FieldMask":
      return { ...kind, name: "field_mask", table: fieldMaskRules, bare: call("list", call("string")) };
    case "google.protobuf.Any":
      return { ...kind, name: "any", table: anyRules, bare: messageSchema(message) };
    case "google.protobuf.Struct":
      return { ...kind, bare: call("jsonObject") };
    case "google.protobuf.ListValue":
      return { ...kind, bare: call("jsonList") };
    case "google.protobuf.Value":
      return { ...kind, bare: call("json") };
    default:
      return { ...kind, bare: messageSchema(message) };
  }
}
