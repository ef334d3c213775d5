import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort } from "node:worker_threads";
import { loadTsProto } from "../ts-proto/load-ts-proto.ts";
import { type Job, runJob } from "./job.ts";
import { SharedParts } from "./shared.ts";

/** The size of the heap, in bytes, from which what a job leaves behind is collected before the next one. */
const largeHeap = 160 * 1024 * 1024;

/** Runs one job after the other until the thread that started this one ends it. */
export function runJobs(): void {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const shared = new SharedParts();
  // It takes a while, in which buf still compiles.
  loadTsProto();
  parentPort?.on("message", (job: Job) => {
    parentPort?.postMessage(runJob(job, shared));
    // What jobs leave behind would otherwise add up, because the heap may grow with the memory of the machine.
    if (getHeapStatistics().used_heap_size > largeHeap) collectGarbage();
  });
}
