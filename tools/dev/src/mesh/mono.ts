import { buildStandalone } from "../build/standalone.ts";
import type { Progress } from "../log/progress.mjs";
import { findApps } from "./app.ts";
import { grouped, readGroups, writeProgram } from "./app-group.ts";
import { buildSummaryOf } from "./build-summary.ts";
import { npmStart } from "./npm-start.ts";
import { preview } from "./preview.ts";

/** Settings of a run, or of a build. */
export interface MonoOptions {
  readonly root: string;
  readonly progress: Progress;
  /** The time when the start began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** `orders+payments` for each group. None: one of all. */
  readonly groups: readonly string[];
  readonly mode: "development" | "preview" | "build";
}

/**
 * Runs apps that share processes until this process gets a signal, or builds them for production.
 *
 * @throws Error that names a wrong group, or the errors of a build
 */
export async function mono({ root, progress, startedAt, groups: texts, mode }: MonoOptions): Promise<void> {
  const apps = await findApps(root);
  const groups = readGroups(texts, apps);
  const start = { root, progress, startedAt, groups };
  if (mode === "development") return npmStart(start);
  if (mode === "preview") return preview(start);
  const built = grouped(root, apps, groups).filter(({ parts }) => parts !== undefined);
  for (const app of built) {
    await writeProgram(app);
    const errors = await buildStandalone(root, app.folder, { dist: app.dist, ...(app.parts && { parts: app.parts }) });
    if (errors.length > 0) throw new Error(errors.join("\n"));
  }
  progress.print(await buildSummaryOf(root, built));
}
