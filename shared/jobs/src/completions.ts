import type PgBoss from "pg-boss";
import type { JobKey } from "./rows.ts";

/** Jobs that are completed together. */
interface Group {
  readonly ids: string[];
  readonly completed: Promise<unknown>;
}

/** Completes the jobs without a result that end in one turn of the event loop by one statement for each name. */
export class Completions {
  readonly #boss: Pick<PgBoss, "complete">;
  readonly #groups = new Map<string, Group>();

  constructor(boss: Pick<PgBoss, "complete">) {
    this.#boss = boss;
  }

  async add({ name, id }: JobKey): Promise<void> {
    const group = this.#groups.get(name) ?? this.#open(name);
    group.ids.push(id);
    await group.completed;
  }

  #open(name: string): Group {
    const ids: string[] = [];
    const completed = new Promise<unknown>((resolve) => {
      setImmediate(() => {
        this.#groups.delete(name);
        resolve(this.#boss.complete(name, ids, {}));
      });
    });
    const group = { ids, completed };
    this.#groups.set(name, group);
    return group;
  }
}
