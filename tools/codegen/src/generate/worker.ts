import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort } from "node:worker_threads";
import { type Job, runJob } from "./job.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

// Runs one job after the other until the thread that started this one ends it.
parentPort?.on("message", (job: Job) => {
  parentPort?.postMessage(runJob(job));
  // What a job leaves behind would otherwise add up, because the heap may grow with the memory of the machine.
  collectGarbage();
});
