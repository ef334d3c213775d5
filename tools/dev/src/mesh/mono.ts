import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { buildStandalone } from "../build/standalone.ts";
import type { Progress } from "../log/progress.mjs";
import { type App, findApps } from "./app.ts";
import { grouped, readGroups, writeProgram } from "./app-group.ts";
import { buildSummaryOf } from "./build-summary.ts";
import { npmStart } from "./npm-start.ts";
import { preview } from "./preview.ts";
import { recordedGroups } from "./shared-processes.ts";

/** Settings of a run, or of a build. */
export interface MonoOptions {
  readonly root: string;
  readonly progress: Progress;
  /** The time when the start began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** `orders+payments` for each group. None: those of processes.json, or else one of all. */
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
  const recorded = texts.length === 0 ? await recordedGroups(root, apps) : [];
  const groups = recorded.length > 0 ? recorded : readGroups(texts, apps);
  const start = { root, progress, startedAt, groups };
  if (mode === "development") return npmStart(start);
  if (mode === "preview") return preview(start);
  const processes = grouped(root, apps, groups);
  await buildShared(root, processes);
  buildOthers(
    root,
    processes.filter(({ parts }) => !parts),
  );
  progress.print(await buildSummaryOf(root, processes));
}

/** Builds the processes that several apps share. @throws Error with the errors of a build */
async function buildShared(root: string, processes: readonly App[]): Promise<void> {
  for (const app of processes) {
    if (!app.parts) continue;
    await writeProgram(app);
    const errors = await buildStandalone(root, app.folder, { dist: app.dist, parts: app.parts });
    if (errors.length > 0) throw new Error(errors.join("\n"));
  }
}

/** Builds the processes of processes.json, and returns them after the apps. @throws Error with the errors of a build */
export async function buildRecorded(root: string): Promise<App[]> {
  const apps = await findApps(root);
  const shared = grouped(root, apps, await recordedGroups(root, apps)).filter(({ parts }) => parts);
  await buildShared(root, shared);
  return [...apps, ...shared];
}

/** Builds apps that share no process, as `npm run build` does. @throws Error if that fails */
function buildOthers(root: string, apps: readonly App[]): void {
  if (apps.length === 0) return;
  const filters = apps.map(({ folder }) => `--filter=./${relative(root, folder).replaceAll("\\", "/")}`);
  const turbo = [join(root, "scripts/turbo.mjs"), "run", "build", "--concurrency=100%", "--output-logs=errors-only"];
  const { status } = spawnSync(process.execPath, [...turbo, ...filters], { stdio: "inherit" });
  if (status !== 0) throw new Error("an app could not be built");
}
