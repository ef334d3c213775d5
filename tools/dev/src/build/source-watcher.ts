import { type FSWatcher, watch } from "chokidar";

/** Watches the source files of all apps. */
export interface SourceWatcher {
  /** Watches more files and folders. */
  add(paths: Iterable<string>): void;
  close(): Promise<void>;
}

/** The time to wait for more changes after one: an editor may save many files together. */
const settleMs = 40;

/** Calls back with saved files; files that are saved together are in one call. */
export function watchSources(onSave: (files: ReadonlySet<string>) => void): SourceWatcher {
  const watcher: FSWatcher = watch([], { ignoreInitial: true, atomic: settleMs });
  const known = new Set<string>();
  let saved = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    const files = saved;
    saved = new Set();
    onSave(files);
  };
  watcher.on("all", (_event, path) => {
    saved.add(path);
    clearTimeout(timer);
    timer = setTimeout(flush, settleMs);
  });
  return {
    add(paths) {
      const added = [...paths].filter((path) => !known.has(path));
      for (const path of added) known.add(path);
      watcher.add(added);
    },
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
