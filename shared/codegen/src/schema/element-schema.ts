import { type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import {
  BoolRulesSchema,
  BytesRulesSchema,
  DoubleRulesSchema,
  EnumRulesSchema,
  FieldMaskRulesSchema,
  Fixed32RulesSchema,
  Fixed64RulesSchema,
  FloatRulesSchema,
  Int32RulesSchema,
  Int64RulesSchema,
  SFixed32RulesSchema,
  SFixed64RulesSchema,
  SInt32RulesSchema,
  SInt64RulesSchema,
  StringRulesSchema,
  UInt32RulesSchema,
  UInt64RulesSchema,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { typeName } from "../names.ts";
import { call, ofSchema, separated } from "../printing.ts";
import { bytesRules } from "../rules/bytes-rules.ts";
import { checks, type RuleTable } from "../rules/checks.ts";
import { enumRules } from "../rules/enum-rules.ts";
import { fieldMaskRules } from "../rules/field-mask-rules.ts";
import type { ReadRules } from "../rules/field-rules.ts";
import { numberRules } from "../rules/number-rules.ts";
import type { Site } from "../rules/site.ts";
import { stringRules } from "../rules/string-rules.ts";
import { membership } from "../rules/values.ts";
import { type Element, wrapped } from "./element.ts";
import { ruleKind, scalarSchema } from "./scalar.ts";

const ruleSchemas = {
  bool: BoolRulesSchema,
  bytes: BytesRulesSchema,
  double: DoubleRulesSchema,
  enum: EnumRulesSchema,
  fieldMask: FieldMaskRulesSchema,
  fixed32: Fixed32RulesSchema,
  fixed64: Fixed64RulesSchema,
  float: FloatRulesSchema,
  int32: Int32RulesSchema,
  int64: Int64RulesSchema,
  sfixed32: SFixed32RulesSchema,
  sfixed64: SFixed64RulesSchema,
  sint32: SInt32RulesSchema,
  sint64: SInt64RulesSchema,
  string: StringRulesSchema,
  uint32: UInt32RulesSchema,
  uint64: UInt64RulesSchema,
} as const;

/** The schema of a message, by its name. */
export function messageSchema(message: DescMessage): Printable {
  return createImportSymbol(`${typeName(message)}Schema`, `./${message.file.name}.zod.js`);
}

/** The schema of one value, with its rules. `first` are checks that come before them. */
export function elementSchema(
  element: Element,
  read: ReadRules,
  site: Site,
  first: readonly Printable[] = [],
): Printable {
  const scalar =
    element.kind === "message" ? wrapped(element.message) : element.kind === "scalar" ? element.scalar : undefined;
  if (scalar !== undefined) {
    const kind = ruleKind(scalar);
    const own = conditional(ownChecks(kind, tableOf(scalar), read, site), read, isZeroOf(scalar));
    return withChecks(scalarSchema(scalar), [...first, ...own]);
  }
  if (element.kind === "enum") {
    const own = conditional(ownChecks("enum", enumRules(element.enum), read, site), read, "isZero");
    return withChecks(call("int32"), [...first, ...own]);
  }
  if (element.kind === "message") return ofMessage(element.message, read, site);
  throw new Error("unreachable");
}

function ofMessage(message: DescMessage, read: ReadRules, site: Site): Printable {
  switch (message.typeName) {
    case "google.protobuf.Timestamp":
      return [ofSchema("z"), ".date()"];
    case "google.protobuf.FieldMask": {
      const own = ownChecks("fieldMask", fieldMaskRules, read, site);
      return call("list", [ofSchema("z"), ".string()"], ...own);
    }
    default:
      if (read.rules) site.unsupported(`${read.kind} on ${message.typeName}`);
      return read.ignored ? call("lax", messageSchema(message)) : messageSchema(message);
  }
}

function tableOf(scalar: ScalarType): RuleTable {
  if (scalar === ScalarType.STRING) return stringRules;
  if (scalar === ScalarType.BYTES) return bytesRules;
  return scalar === ScalarType.BOOL ? membership("bool") : numberRules(ruleKind(scalar));
}

/** The checks of rules of one kind; rules of another kind are an error in the contract. */
export function ownChecks(kind: string, table: RuleTable, read: ReadRules, site: Site): Printable[] {
  if (!read.rules) return [];
  if (read.kind !== kind || !(kind in ruleSchemas)) {
    site.report(`${site.desc.name} has rules for ${read.kind}, but it is ${kind}: use (buf.validate.field).${kind}`);
    return [];
  }
  return checks(ruleSchemas[kind as keyof typeof ruleSchemas], read.rules, table, site);
}

/** Checks that do not count for a zero value, if the contract says so. */
export function conditional(own: readonly Printable[], read: ReadRules, zero: string): Printable[] {
  if (!read.ignoreZero || own.length === 0) return [...own];
  return [["...", call("unlessZero", ofSchema(zero), ...own)]];
}

/** Which function says whether a scalar is zero. */
export function isZeroOf(scalar: ScalarType): "isZero" | "isEmpty" {
  return scalar === ScalarType.BYTES ? "isEmpty" : "isZero";
}

function withChecks(type: Printable, all: readonly Printable[]): Printable {
  return all.length === 0 ? type : [type, ".check(", separated(all), ")"];
}
