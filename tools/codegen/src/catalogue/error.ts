import type { DescEnum, DescEnumValue, DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import type { MetadataType } from "@mesh/contracts";
import type { Code } from "@mesh/contracts/http-status";
import { commentOf } from "../comment.ts";
import { metadataKey, reasonKey, reasonName } from "../names.ts";
import type { Problem } from "../problem.ts";
import { type MeshOptions, optionPaths } from "./options.ts";

/** A reason of an error enum. */
export interface CatalogueReason {
  readonly value: DescEnumValue;
  /** The name in TypeScript: `outOfStock`. */
  readonly key: string;
  /** The name on the wire: `OUT_OF_STOCK`. */
  readonly reason: string;
  /** The name of the canonical code: `FAILED_PRECONDITION`. */
  readonly code: Code;
  readonly metadata: readonly MetadataField[];
  readonly description: string;
}

/** A value of the metadata of a reason. */
export interface MetadataField {
  /** Its name in TypeScript and on the wire. */
  readonly key: string;
  /** Its type in the contract: `int32`. */
  readonly scalar: string;
  readonly type: MetadataType;
}

/** The types that a contract may declare for metadata. */
const metadataTypes: ReadonlyMap<string, MetadataType> = new Map<string, MetadataType>([
  ["string", "string"],
  ["bool", "boolean"],
  ["int32", "number"],
  ["uint32", "number"],
  ["double", "number"],
  ["int64", "bigint"],
  ["uint64", "bigint"],
]);

/** The codes of google.rpc.Code that mesh.v1.Code offers. */
const codeNames = new Map<number, Code>([
  [3, "INVALID_ARGUMENT"],
  [4, "DEADLINE_EXCEEDED"],
  [5, "NOT_FOUND"],
  [6, "ALREADY_EXISTS"],
  [7, "PERMISSION_DENIED"],
  [8, "RESOURCE_EXHAUSTED"],
  [9, "FAILED_PRECONDITION"],
  [10, "ABORTED"],
  [11, "OUT_OF_RANGE"],
  [12, "UNIMPLEMENTED"],
  [14, "UNAVAILABLE"],
  [16, "UNAUTHENTICATED"],
]);

/** The members of a generated error catalogue besides its reasons. */
const reserved = new Set(["domain", "reasons", "has"]);

/** The names of the types that metadata may have. */
export const metadataScalars: readonly string[] = [...metadataTypes.keys()];

/** Returns true if an enum is an error enum: at least one value has (mesh.v1.error). */
export function isErrorEnum(desc: DescEnum, options: MeshOptions): boolean {
  return desc.values.some((value) => options.error(value) !== undefined);
}

/** Returns the error enums that a file declares. */
export function errorEnumsOf(file: DescFile, options: MeshOptions): DescEnum[] {
  return [...nestedTypes(file)].filter((type) => type.kind === "enum").filter((desc) => isErrorEnum(desc, options));
}

/** Returns the reasons of an error enum, without checking them: see `checkErrors`. */
export function reasonsOf(desc: DescEnum, options: MeshOptions): CatalogueReason[] {
  return desc.values.flatMap((value) => {
    const option = options.error(value);
    if (!option) return [];
    const reason = reasonName(desc.name, value.name);
    return {
      value,
      key: reasonKey(reason),
      reason,
      code: codeNames.get(option.code) ?? "UNKNOWN",
      metadata: option.metadata.map(metadataField),
      description: commentOf(value) || reason,
    };
  });
}

/** Checks the error enums of all files: 0 is not a reason, and every other value declares its code. */
export function checkErrors(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const desc of files.flatMap((file) => errorEnumsOf(file, options))) {
    const taken = new Map<string, DescEnumValue>();
    for (const value of desc.values) {
      const text = valueProblem(value, options) ?? keyProblem(desc, value, taken) ?? metadataProblem(value, options);
      if (text) problems.push({ desc: value, text, option: optionPaths.error });
    }
  }
}

function valueProblem(value: DescEnumValue, options: MeshOptions): string | undefined {
  const option = options.error(value);
  if (value.number === 0) return option && `${value.name} = 0 means that no reason is set: remove (mesh.v1.error)`;
  if (!option) return `${value.name} has no code: add [(mesh.v1.error) = {code: CODE_…}]`;
  return codeNames.has(option.code) ? undefined : `${value.name} has no code: add code: CODE_… to (mesh.v1.error)`;
}

/** Checks the name of a reason against those before it, `taken`. In proto2 the compiler allows equal names. */
function keyProblem(desc: DescEnum, value: DescEnumValue, taken: Map<string, DescEnumValue>): string | undefined {
  const key = reasonKey(reasonName(desc.name, value.name));
  const other = taken.get(key);
  taken.set(key, value);
  if (other) return `${value.name} would be ${key} in TypeScript, as ${other.name} is: rename one`;
  return reserved.has(key)
    ? `${value.name} would be ${key} in TypeScript, which is a member of every catalogue: rename it`
    : undefined;
}

/** Reads an entry of `metadata`: `requested:int32`, or `product_id`, which is a string. */
function metadataField(entry: string): MetadataField {
  const [name = "", scalar = "string"] = entry.split(":").map((part) => part.trim());
  return { key: metadataKey(name), scalar, type: metadataTypes.get(scalar) ?? "string" };
}

/** A key of the metadata of google.rpc.ErrorInfo. Source: google/rpc/error_details.proto, with `_` as in field names */
const metadataName = /^[a-z][\w-]{0,63}$/i;

function metadataProblem(value: DescEnumValue, options: MeshOptions): string | undefined {
  const entries = options.error(value)?.metadata ?? [];
  const names = entries.map((entry) => entry.replace(/\s*:.*$/s, ""));
  const odd = names.find((name) => !metadataName.test(name));
  if (odd !== undefined) {
    return `${JSON.stringify(odd)} is not a metadata key: use a letter, then at most 63 letters, digits, - or _`;
  }
  const untyped = entries.find((entry) => !metadataTypes.has(metadataField(entry).scalar));
  if (untyped !== undefined) {
    return `${JSON.stringify(untyped)} has no known type: use ${metadataScalars.join(", ")}`;
  }
  const twice = names.find((name, index) => names.map(metadataKey).indexOf(metadataKey(name)) !== index);
  return twice === undefined ? undefined : `the metadata has the key ${metadataKey(twice)} twice: remove one`;
}
