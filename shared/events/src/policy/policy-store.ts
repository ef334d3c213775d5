import { MeshError } from "@mesh/contracts";
import type { Policy } from "@mesh/contracts/mesh/v1";
import { policyJson, readPolicy } from "@mesh/rpc";
import { type NatsConnection, NatsError } from "nats";
import type { Bus } from "../bus.ts";
import { raiseReplicas } from "../kv/raise-replicas.ts";
import { maxPolicyBytes, openPolicyBucket, policyBucket, policyKey } from "./bucket.ts";
import { encodePolicy } from "./entry.ts";
import { type PolicyRevision, revisionsIn } from "./revisions.ts";

/** The policies of a mesh, for the tools of people. */
export interface PolicyStore {
  /** Returns the policies that are kept, up to 30, the newest first. */
  revisions(): Promise<PolicyRevision[]>;
  /**
   * Writes a policy. Returns its revision.
   *
   * @param after the newest revision that the writer knows; 0: none
   * @throws MeshError INVALID_ARGUMENT if it is not valid, ABORTED if there is a newer revision
   */
  write(policy: Policy, after: number): Promise<number>;
}

/** The code of JetStream for a write after another one than the last. */
const wrongSequence = 10071;

/**
 * Opens the policies of the mesh in NATS. Creates their bucket if it is missing.
 *
 * @param signal ends the wait for NATS
 * @throws the reason of the signal, or Error if NATS rejects the bucket
 *
 * @example
 * ```ts no-run
 * import { connectBus, openPolicyStore } from "@mesh/events";
 * import { createLogger } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "script" });
 * const bus = connectBus({ url: "nats://127.0.0.1:4222", name: "script", log });
 * const store = await openPolicyStore(bus, AbortSignal.timeout(5_000));
 * const [newest] = await store.revisions();
 * await store.write({ rules: [] }, newest?.revision ?? 0);
 * await bus.close();
 * ```
 */
export async function openPolicyStore(bus: Bus, signal: AbortSignal): Promise<PolicyStore> {
  const connection: NatsConnection = await bus.connected(signal);
  const bucket = await openPolicyBucket(connection);
  // Services may not do it. To read the policy, nothing has to be written.
  await raiseReplicas(connection, policyBucket).catch(() => undefined);
  return {
    revisions: () => revisionsIn(bucket),
    async write(policy, after) {
      const text = encodePolicy(readPolicy(policyJson(policy)));
      if (Buffer.byteLength(text) > maxPolicyBytes) throw tooLarge();
      try {
        return await bucket.put(policyKey, text, { previousSeq: after });
      } catch (error) {
        if (error instanceof NatsError && error.api_error?.err_code === wrongSequence) throw superseded(error);
        throw error;
      }
    },
  };
}

function tooLarge(): MeshError {
  const message = `the policy is larger than ${maxPolicyBytes / 1024} KiB of JSON`;
  return new MeshError({ code: "INVALID_ARGUMENT", message });
}

function superseded(cause: unknown): MeshError {
  const message = "the policy was changed meanwhile: compare with `policy diff`, and set it again";
  return new MeshError({ code: "ABORTED", message, cause });
}
