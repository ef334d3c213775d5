import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { bundle } from "@mesh/codegen/load";
import type { Job, JobResult } from "./job.ts";

/** More threads need more memory, and two share most of a large generation. */
const most = 2;

interface Waiting {
  readonly job: Job;
  readonly done: (result: JobResult) => void;
  readonly failed: (error: unknown) => void;
}

/** Threads that generate code. Each takes the next job when it is free. */
export class Workers {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: Waiting[] = [];

  /** Starts the threads. They load their code while the caller does something else. */
  static async start(): Promise<Workers> {
    return new Workers(await bundle("generate/worker"));
  }

  private constructor(program: string) {
    // Code is generated from many objects that live as long as a job. A larger young generation copies fewer of them.
    const resourceLimits = { maxYoungGenerationSizeMb: 64 };
    const count = Math.min(most, availableParallelism());
    this.#workers = Array.from({ length: count }, () => new Worker(program, { resourceLimits }));
    this.#idle = [...this.#workers];
  }

  /** Runs jobs. @throws the error of a thread that ends */
  run(jobs: readonly Job[]): Promise<JobResult[]> {
    return Promise.all(
      jobs.map((job) => {
        return new Promise<JobResult>((done, failed) => {
          this.#waiting.push({ job, done, failed });
          this.#start();
        });
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(): void {
    const worker = this.#idle.pop();
    const next = worker && this.#waiting.shift();
    if (!worker || !next) {
      if (worker) this.#idle.push(worker);
      return;
    }
    worker.postMessage(next.job);
    once(worker, "message").then(([result]) => {
      next.done(result);
      this.#idle.push(worker);
      this.#start();
    }, next.failed);
  }
}
