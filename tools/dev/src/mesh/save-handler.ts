import { join } from "node:path";
import { generate } from "../build/regeneration.ts";
import { type Sources, watchSources } from "../build/source-watcher.ts";
import { createTypeChecker, projectOf, type TypeChecker } from "../build/type-checker.ts";
import type { Mesh } from "./mesh.ts";
import type { RunningApp } from "./running-app.ts";

/** What happens after a save. */
export interface SaveHandler {
  /** Watches these files too. */
  watch(files: readonly string[]): void;
  close(): Promise<void>;
}

/** Tells a developer something that is about no app in particular. */
type Notice = (text: string) => void;

/**
 * Builds, starts again, generates and checks whatever a save asks for.
 *
 * @param adopt runs the services that are new; answers whether there were any
 */
export function openSaveHandler(
  root: string,
  mesh: () => Mesh | undefined,
  notice: Notice,
  adopt: () => Promise<boolean>,
): SaveHandler {
  const proto = join(root, "proto");
  const types = createTypeChecker(root, (folder, errors) => {
    notice(errors.length === 0 ? `types are right again in ${nameOf(root, folder)}` : errors.join("\n"));
  });
  let generating: Promise<void> | undefined;
  let isProtoSaved = false;

  /** Generates until no contract was saved meanwhile; then everything that was built from it is built again. */
  async function regenerate(): Promise<void> {
    while (isProtoSaved) {
      isProtoSaved = false;
      const { ok, output } = await generate(root);
      if (!ok) notice(output);
    }
    generating = undefined;
    const isGrown = await adopt();
    const members = [...(mesh()?.members.values() ?? [])];
    await refresh(members, types);
    // Those that were built from nothing new have yet to be told where the new ones are.
    if (isGrown) await Promise.all(members.map((member) => member.relaunch()));
  }

  function onSave(files: ReadonlySet<string>): void {
    if ([...files].some((file) => file.startsWith(proto) && file.endsWith(".proto"))) {
      isProtoSaved = true;
      generating ??= regenerate();
    }
    // While code is generated some of it is missing; it is looked at when all is there.
    if (generating) return;
    const members = [...(mesh()?.members.values() ?? [])].filter((member) => member.isBuiltFrom(files));
    const owners = [...files].flatMap((file) => projectOf(root, file) ?? []);
    void refresh(members, types, owners);
  }

  const sources: Sources = watchSources(onSave);
  sources.add([proto]);
  return {
    watch: (files) => sources.add(files),
    async close() {
      types.close();
      await sources.close();
    },
  };
}

/** Types come second: what can't even be built would only be said twice. */
async function refresh(
  members: readonly RunningApp[],
  types: TypeChecker,
  owners: readonly string[] = [],
): Promise<void> {
  await Promise.all(members.map((member) => member.refresh()));
  if (!members.some(({ isBroken }) => isBroken)) types.check([...owners, ...members.map(({ app }) => app.folder)]);
}

function nameOf(root: string, folder: string): string {
  return folder.slice(root.length + 1);
}
