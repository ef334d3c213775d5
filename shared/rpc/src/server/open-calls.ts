import { MeshError } from "@mesh/contracts";
import { isUnary } from "../deadline.ts";
import type { ServerCall } from "./call.ts";
import type { Run } from "./middleware.ts";

const closing = new MeshError({ code: "UNAVAILABLE", message: "the server is closing" });

/** The calls that a server has not answered yet. */
export interface OpenCalls {
  /** Runs a call and answers it with how that ended. Never rejects. */
  answer(call: ServerCall, run: Run): Promise<void>;
  /** Gives up the streams, since they may be long, or everything. */
  giveUp(which: "streams" | "all"): void;
}

/** Keeps track of calls. */
export function createOpenCalls(): OpenCalls {
  const open = new Set<ServerCall>();
  return {
    async answer(call, run) {
      open.add(call);
      try {
        await run(call);
        call.stream.end();
      } catch (error) {
        call.stream.end(
          error instanceof MeshError ? error : new MeshError({ code: "INTERNAL", message: "internal error" }),
        );
      } finally {
        open.delete(call);
      }
    },
    giveUp(which) {
      for (const call of open) if (which === "all" || !isUnary(call.method)) call.abort(closing);
    },
  };
}
