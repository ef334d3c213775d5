import type { AnyDesc } from "@bufbuild/protobuf";
import type { Position } from "@mesh/codegen/position";

/** Who can be hit by a change, in the order they are told. */
export const everybody = ["gRPC clients", "tRPC clients", "REST clients", "event consumers", "stored events"] as const;

/** Those who rely on a part of a contract. */
export type Who = (typeof everybody)[number];

/** A change of a contract that somebody does not survive. */
export interface Break {
  /** Where it stands in the new contracts; of something removed, where it stood in the old ones. */
  readonly position: Position;
  /** Whether the position is one in the old contracts. */
  readonly isOld: boolean;
  /** What changed: `OrderPlaced has another subject: orders.v1.placed, was orders.v1.order_placed`. */
  readonly what: string;
  /** Who is hit; nobody: only code that imports it. */
  readonly who: ReadonlySet<Who>;
  /** What to do instead. */
  readonly mend: string;
  /** What it is about. */
  readonly desc?: AnyDesc;
  /** The names of buf's rules that find the same thing, less well said. */
  readonly replaces?: readonly string[];
}

/** Who is hit, in words. */
export function whoText(who: ReadonlySet<Who>): string {
  return everybody.filter((one) => who.has(one)).join(", ") || "code that imports it";
}
