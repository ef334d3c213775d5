import { type OwnerOption, optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOfOption } from "@mesh/codegen/position";
import type { Break, ContractUser } from "../break.ts";
import { type MethodPair, methodLabel } from "./method-pair.ts";

const owners: ReadonlySet<ContractUser> = new Set(["owners of objects"]);

/** Finds methods that give more callers access to the objects of an owner, or fewer. */
export function changedOwner({ old, now, before, after }: MethodPair): Break[] {
  const [was, is] = [before.options.method(old)?.owner, after.options.method(now)?.owner];
  const label = methodLabel(now);
  const clients = before.users.of(old);
  const change = changeOf(was, is);
  if (!change) return [];
  const isLooser = change.startsWith("gives");
  return [
    {
      position: positionOfOption(now, is ? optionPaths.methodOwner : optionPaths.method),
      isOld: false,
      what: `${label} ${change}`,
      affected: isLooser ? owners : clients,
      fix: isLooser
        ? "keep the owner, unless the objects may be read by all who have the scopes"
        : "revert it, or add a new rpc",
    },
  ];
}

/** Returns what changed, for the message; undefined: nothing. */
function changeOf(was: OwnerOption | undefined, is: OwnerOption | undefined): string | undefined {
  if (!was) return is && `takes the objects of others from its callers: they have the owner ${fieldOf(is)}`;
  if (!is) return `gives all callers access to the objects that had the owner ${fieldOf(was)}`;
  if (fieldOf(was) !== fieldOf(is)) return `gives access to the owner ${fieldOf(is)}, was ${fieldOf(was)}`;
  if (was.unless === is.unless) return undefined;
  if (is.unless !== "") return `gives callers with the scope ${is.unless} access to the objects of all`;
  return `takes the objects of others from callers with the scope ${was.unless}`;
}

/** The field that names the owner: `response order.customer_id`. */
function fieldOf({ request, response }: OwnerOption): string {
  return request ? `request ${request}` : `response ${response}`;
}
