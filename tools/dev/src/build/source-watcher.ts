import { type FSWatcher, watch } from "chokidar";

/** Watches files and folders for all apps at once. */
export interface Sources {
  /** Watches more; what is watched already stays so. */
  add(paths: Iterable<string>): void;
  close(): Promise<void>;
}

/** How long to wait for more after the first change: an editor that saves all writes many files. */
const settleMs = 40;

/** Tells which files were saved, together when they come together. */
export function watchSources(onSave: (files: ReadonlySet<string>) => void): Sources {
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
