import { setTimeout as pause } from "node:timers/promises";
import type { MeshApp } from "@mesh/testing";
import type { RunningMesh } from "@mesh/testing/mesh";
import type { TestNetwork } from "@mesh/testing/network";
import type { ChaosMesh } from "../mesh.ts";
import type { Random } from "../random.ts";
import { describe, type Fault, type PlannedFault } from "./plan.ts";
import { deleteStream, fillStream } from "./streams.ts";

/** A fault that was injected. Times are of `performance.now()`. */
export interface Injected {
  readonly fault: Fault;
  readonly startedAt: number;
  endedAt: number;
  /** Whether it had its effect: a process may not reach its crash point in time. */
  hit: boolean;
}

/** The longest wait until a process reaches its crash point, in milliseconds. */
const reachWithinMs = 10_000;

/** A process may not start while PostgreSQL or NATS restarts, so a supervisor tries again. */
const startAttempts = 5;

/** Returns the names of the servers: those of NATS, then PostgreSQL. */
export function serversOf({ natsServers }: Pick<RunningMesh, "natsServers">): string[] {
  const ofCluster = natsServers.map((_, at) => `nats-${at + 1}`);
  return [...(ofCluster.length > 1 ? ofCluster : ["nats"]), "postgres"];
}

/** Injects faults, those of one target one after the other. */
export class Injector {
  readonly injected: Injected[] = [];
  readonly #chaos: ChaosMesh;
  readonly #random: Random;
  readonly #busy = new Map<string, Promise<void>>();
  readonly #errors: unknown[] = [];

  constructor(chaos: ChaosMesh, random: Random) {
    this.#chaos = chaos;
    this.#random = random;
  }

  /** The faults that are not over. */
  get open(): string[] {
    return this.injected.filter(({ endedAt }) => endedAt === Infinity).map(({ fault }) => describe(fault));
  }

  /** Resolves when every fault is over, and every process runs again. @throws AggregateError such as of processes that do not start */
  async run(plan: readonly PlannedFault[]): Promise<void> {
    const beganAt = performance.now();
    for (const { atMs, fault } of plan.toSorted((one, other) => one.atMs - other.atMs)) {
      await pause(Math.max(0, beganAt + atMs - performance.now()));
      const before = this.#busy.get(fault.target) ?? Promise.resolve();
      const after = before.then(() => this.#inject(fault)).catch((error) => void this.#errors.push(error));
      this.#busy.set(fault.target, after);
    }
    await Promise.all(this.#busy.values());
    if (this.#errors.length > 0) throw new AggregateError(this.#errors, "faults could not be injected");
  }

  async #inject(fault: Fault): Promise<void> {
    const injected: Injected = { fault, startedAt: performance.now(), endedAt: Infinity, hit: true };
    this.injected.push(injected);
    try {
      injected.hit = (await this.#happen(fault)) ?? true;
    } finally {
      injected.endedAt = performance.now();
    }
  }

  async #happen(fault: Fault): Promise<boolean | undefined> {
    const { mesh } = this.#chaos;
    switch (fault.kind) {
      case "kill":
        await this.#app(fault.target).kill("SIGKILL");
        return this.#restart(fault.target);
      case "crash":
        return this.#crash(fault);
      case "drain":
        return this.#drain(fault);
      case "stop": {
        this.#app(fault.target).freeze();
        await pause(fault.durationMs);
        return void this.#app(fault.target).thaw();
      }
      case "cut": {
        const networks = this.#networksOf(fault);
        for (const network of networks) network.freeze();
        await pause(fault.durationMs);
        for (const network of networks) network.thaw();
        return undefined;
      }
      case "slow": {
        const networks = this.#networksOf(fault);
        for (const network of networks) network.delayMs = fault.delayMs;
        await pause(fault.durationMs);
        for (const network of networks) network.delayMs = 0;
        return undefined;
      }
      case "restart": {
        const at = serversOf(mesh).indexOf(fault.target);
        const server = mesh.natsServers[at] ?? mesh.postgres;
        await server?.kill();
        await pause(fault.durationMs);
        return server?.restart().then(() => true);
      }
      case "fill":
        return fillStream(mesh, fault.target, fault.durationMs).then(() => true);
      case "delete":
        return deleteStream(mesh, fault.target).then(() => true);
      default:
        return fault satisfies never;
    }
  }

  async #crash({ target, point }: Extract<Fault, { kind: "crash" }>): Promise<boolean> {
    const isHit = await this.#chaos.points.arm(target, point, AbortSignal.timeout(reachWithinMs));
    if (!isHit) return false;
    // Waits until it is gone.
    await this.#app(target).kill("SIGKILL");
    await this.#restart(target);
    return true;
  }

  async #drain({ target, afterMs }: Extract<Fault, { kind: "drain" }>): Promise<undefined> {
    const app = this.#app(target);
    const gone = app.kill("SIGTERM");
    await Promise.race([gone, pause(afterMs)]);
    await app.kill("SIGKILL");
    await this.#restart(target);
  }

  /** Starts a process as a supervisor does, which notices its end sooner or later, and tries again if it does not start. */
  async #restart(target: string): Promise<undefined> {
    for (let attempt = 1; ; attempt++) {
      await pause(this.#random.between(0, 1_000));
      try {
        return void (await this.#app(target).start());
      } catch (error) {
        if (attempt === startAttempts) throw error;
      }
    }
  }

  #app(name: string): MeshApp {
    const app = this.#chaos.mesh.apps[name];
    if (!app) throw new Error(`there is no process ${name}`);
    return app;
  }

  #networksOf({ target, network }: Extract<Fault, { kind: "cut" | "slow" }>): readonly TestNetwork[] {
    const networks = this.#chaos.networks.get(target);
    if (!networks) throw new Error(`there is no process ${target}`);
    return network === "nats" ? networks.nats : [networks[network]];
  }
}
