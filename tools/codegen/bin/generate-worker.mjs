import { workerData } from "node:worker_threads";

// The program of a thread of the generator: see Workers in src/generate/workers.ts.
const { runJobs } = await import(workerData);
runJobs();
