import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { bundle } from "@mesh/codegen/load";
import type { Job, JobResult } from "./job.ts";

/** The program of a thread. This module may run from a bundle in another folder. */
const workerProgram = join(
  dirname(createRequire(import.meta.url).resolve("@mesh/codegen/load")),
  "generate-worker.mjs",
);

/** More threads need more memory, and two share most of a large generation. */
const most = 2;

interface Waiting {
  readonly job: Job;
  readonly done: (result: JobResult) => void;
  readonly failed: (error: unknown) => void;
}

/** The jobs that a thread has: one that it runs, and one for when it has ended that while this thread is busy. */
const jobsPerThread = 2;

/** A thread with the jobs that it has, in their order. */
interface Thread {
  readonly worker: Worker;
  readonly jobs: Waiting[];
}

/** Threads that generate code. Each gets the next job when it has ended one. */
export class Workers {
  readonly #threads: Thread[] = [];
  readonly #waiting: Waiting[] = [];
  #program: Promise<string> | undefined;
  /** Why a thread has ended, before or while it had jobs. */
  #failure: Error | undefined;

  /** Starts threads for a number of jobs, which load their code meanwhile. An error is thrown by `run`. */
  prepare(jobs: number): void {
    this.#start(jobs).catch(() => {});
  }

  /** Runs jobs. @throws the error of a thread that ends, or has ended */
  async run(jobs: readonly Job[]): Promise<JobResult[]> {
    await this.#start(jobs.length);
    if (this.#failure) throw this.#failure;
    const results = jobs.map((job) => {
      return new Promise<JobResult>((done, failed) => {
        this.#waiting.push({ job, done, failed });
      });
    });
    this.#assign();
    return Promise.all(results);
  }

  async close(): Promise<void> {
    // A thread that is starting would otherwise be left.
    await this.#program?.catch(() => {});
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  /** Starts threads for a number of jobs. */
  async #start(jobs: number): Promise<void> {
    if (jobs === 0) return;
    // The program of this process, if that is the command line, so that one bundle is enough.
    this.#program ??= bundle("generate/main");
    const program = await this.#program;
    while (this.#threads.length < Math.min(jobs, most, availableParallelism())) {
      this.#threads.push(this.#startThread(program));
    }
  }

  #startThread(program: string): Thread {
    // Code is generated from many objects that live as long as a job. A larger young generation copies fewer of them.
    const worker = new Worker(workerProgram, { workerData: program, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    const jobs: Waiting[] = [];
    worker.on("message", (result: JobResult) => {
      jobs.shift()?.done(result);
      this.#assign();
    });
    const fail = (error: Error) => {
      this.#failure ??= error;
      for (const { failed } of [...jobs.splice(0), ...this.#waiting.splice(0)]) failed(error);
    };
    worker.on("error", fail);
    worker.on("exit", (code) => fail(new Error(`a thread that generates code ended with exit code ${code}`)));
    return { worker, jobs };
  }

  /** Gives waiting jobs to the threads that have the fewest. */
  #assign(): void {
    for (let count = 0; count < jobsPerThread; count++) {
      for (const { worker, jobs } of this.#threads.filter((thread) => thread.jobs.length === count)) {
        const next = this.#waiting.shift();
        if (!next) return;
        jobs.push(next);
        worker.postMessage(next.job);
      }
    }
  }
}
