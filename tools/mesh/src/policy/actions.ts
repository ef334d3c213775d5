import { CommandError } from "@mesh/codegen/command";
import type { Policy } from "@mesh/contracts/mesh/v1";
import type { PolicyRevision, PolicyStore } from "@mesh/events/registry";
import { policyJson } from "@mesh/rpc";
import { stringify } from "yaml";
import type { Catalogue } from "../contracts/catalogue.ts";
import { exitCodes } from "../settings.ts";
import { differences, lineOf } from "./differences.ts";
import { readPolicyFile } from "./read-policy-file.ts";
import { unknownNames } from "./unknown-names.ts";

/** The result of an action: for people, and as JSON. */
export interface ActionResult {
  readonly text: string;
  readonly json: unknown;
  /** Default: 0. */
  readonly exitCode?: number;
}

/** Something that `policy` does. */
export interface Action {
  /** What its argument is; undefined: it takes none. */
  readonly takes?: "file" | "revision";
  /**
   * Reads its argument, before the mesh is reached.
   *
   * @param known reads the contracts
   * @throws CommandError if the argument is wrong
   */
  prepare(argument: string | undefined, known: () => Catalogue): Promise<(store: PolicyStore) => Promise<ActionResult>>;
}

/** The actions, by name. */
export const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ["get", { prepare: async () => get }],
  [
    "set",
    {
      takes: "file",
      async prepare(file = "", known) {
        const policy = await readPolicyFile(file);
        const warnings = policy.rules.some(({ service }) => service !== "") ? unknownNames(policy, known()) : [];
        return async (store) => set(store, { policy, warnings }, await store.revisions());
      },
    },
  ],
  [
    "diff",
    {
      takes: "file",
      async prepare(file = "") {
        const policy = await readPolicyFile(file);
        return (store) => diff(store, policy);
      },
    },
  ],
  ["history", { prepare: async () => history }],
  [
    "rollback",
    {
      takes: "revision",
      async prepare(argument) {
        const revision = argument === undefined ? undefined : revisionOf(argument);
        return (store) => rollback(store, revision);
      },
    },
  ],
]);

function revisionOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CommandError(`"${text}" is no revision: it must be a whole number from 1, as policy history lists them`);
}

const none: Policy = { rules: [] };

/** Returns the policy that is in force. */
function inForce(revisions: readonly PolicyRevision[]): PolicyRevision | undefined {
  return revisions.find(({ policy }) => policy);
}

async function get(store: PolicyStore): Promise<ActionResult> {
  const revisions = await store.revisions();
  const found = inForce(revisions);
  const policy = policyJson(found?.policy ?? none);
  const newest = revisions[0]?.revision ?? 0;
  const isStuck = found && newest !== found.revision;
  const notes = [
    found ? `# revision ${found.revision}, ${found.createdAt.toISOString()}` : "# no policy was set yet",
    ...(isStuck ? [`# revision ${newest} is not valid and has no effect`] : []),
  ];
  const json = { revision: found?.revision ?? 0, createdAt: found?.createdAt, policy };
  return { text: `${notes.join("\n")}\n${stringify(policy)}`, json };
}

interface NewPolicy {
  readonly policy: Policy;
  readonly warnings: readonly string[];
}

async function set(
  store: PolicyStore,
  { policy, warnings }: NewPolicy,
  revisions: readonly PolicyRevision[],
): Promise<ActionResult> {
  const [newest] = revisions;
  const before = inForce(revisions);
  const changes = differences(before?.policy ?? none, policy);
  if (newest?.policy && changes.length === 0) {
    const { revision } = newest;
    return { text: `no change: revision ${revision} is the same\n`, json: { revision, changes } };
  }
  const revision = await store.write(policy, newest?.revision ?? 0);
  return {
    text: [...warnings, ...changes.map(lineOf), `revision ${revision} is set`, ""].join("\n"),
    json: { revision, changes, warnings },
  };
}

async function diff(store: PolicyStore, policy: Policy): Promise<ActionResult> {
  const before = inForce(await store.revisions());
  const changes = differences(before?.policy ?? none, policy);
  const exitCode = changes.length > 0 ? exitCodes.failed : exitCodes.done;
  return {
    text: changes.map((change) => `${lineOf(change)}\n`).join(""),
    json: { revision: before?.revision ?? 0, changes },
    exitCode,
  };
}

async function history(store: PolicyStore): Promise<ActionResult> {
  const revisions = await store.revisions();
  const current = inForce(revisions);
  const json = revisions.map(({ revision, createdAt, policy }) => ({
    revision,
    createdAt,
    isValid: policy !== undefined,
    isInForce: revision === current?.revision,
    rules: policy?.rules.length,
  }));
  const lines = json.map(({ revision, createdAt, isValid, isInForce, rules }) => {
    const state = isValid ? `${rules} ${rules === 1 ? "rule" : "rules"}` : "not valid";
    return `${revision}  ${createdAt.toISOString()}  ${state}${isInForce ? ", in force" : ""}\n`;
  });
  return { text: lines.join(""), json };
}

async function rollback(store: PolicyStore, wanted: number | undefined): Promise<ActionResult> {
  const revisions = await store.revisions();
  const current = inForce(revisions);
  const isTarget = ({ revision, policy }: PolicyRevision) =>
    wanted === undefined ? policy !== undefined && revision < (current?.revision ?? 0) : revision === wanted;
  const target = revisions.find(isTarget);
  if (!target)
    throw new CommandError(`there is no ${wanted === undefined ? "earlier" : "such"} revision: see policy history`);
  if (!target.policy) throw new CommandError(`revision ${target.revision} is not valid`);
  return set(store, { policy: target.policy, warnings: [] }, revisions);
}
