import type { AnyDesc } from "@bufbuild/protobuf";
import type { Position } from "@mesh/codegen/position";

/** The kinds of users that a change can break, in the order of the output. */
export const contractUsers = [
  "gRPC clients",
  "tRPC clients",
  "REST clients",
  "event consumers",
  "stored events",
  "stored jobs",
  "owners of objects",
] as const;

/** A kind of user that relies on a part of a contract. */
export type ContractUser = (typeof contractUsers)[number];

/** A breaking change of a contract. */
export interface Break {
  /** The position in the new contracts, or in the old ones if something was removed. */
  readonly position: Position;
  /** True if the position is one in the old contracts. */
  readonly isOld: boolean;
  /** The change: `the subject of the event OrderPlaced is orders.v1.placed, was orders.v1.order_placed`. */
  readonly what: string;
  /** The users that it breaks. Empty if only code that imports the contract breaks. */
  readonly affected: ReadonlySet<ContractUser>;
  /** The advice to avoid the break. */
  readonly fix: string;
  /** The declaration that changed. */
  readonly desc?: AnyDesc;
  /** The names of buf's rules that report the same change with less detail. */
  readonly replaces?: readonly string[];
}

/** Lists the affected users: `gRPC clients, tRPC clients`. */
export function affectedText(affected: ReadonlySet<ContractUser>): string {
  return contractUsers.filter((user) => affected.has(user)).join(", ") || "code that imports it";
}
