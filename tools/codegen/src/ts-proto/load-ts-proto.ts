import { createRequire, Module } from "node:module";
import type * as context from "ts-proto/build/src/context.js";
import type * as main from "ts-proto/build/src/main.js";
import type * as options from "ts-proto/build/src/options.js";
import type * as sourceInfo from "ts-proto/build/src/sourceInfo.js";
import type * as types from "ts-proto/build/src/types.js";

/** The modules of ts-proto. */
export interface TsProto {
  readonly context: typeof context;
  readonly main: typeof main;
  readonly options: typeof options;
  readonly sourceInfo: { default: typeof sourceInfo.default };
  readonly types: typeof types;
}

let loaded: TsProto | undefined;

/** Loads ts-proto when it is first needed, without its formatter. */
export function loadTsProto(): TsProto {
  loaded ??= load();
  return loaded;
}

function load(): TsProto {
  const require = createRequire(import.meta.url);
  const ofTsProto = createRequire(require.resolve("ts-proto/build/src/main.js"));
  const ofTsPoet = createRequire(ofTsProto.resolve("ts-poet"));
  replaceFormatter(ofTsPoet);
  rememberModules(ofTsPoet);
  replaceGetters(ofTsProto);
  return {
    context: require("ts-proto/build/src/context.js"),
    main: require("ts-proto/build/src/main.js"),
    options: require("ts-proto/build/src/options.js"),
    sourceInfo: require("ts-proto/build/src/sourceInfo.js"),
    types: require("ts-proto/build/src/types.js"),
  };
}

/**
 * Replaces dprint by a formatter that only ends the last line. dprint starts a process when it is loaded, needs most of the time of
 * a generation and keeps its memory. ts-proto has no option that turns it off.
 */
function replaceFormatter(require: NodeJS.Require): void {
  replaceModule(require, "dprint-node", { format: (_name: string, code: string) => `${code}\n` });
}

/** Replaces the exports of the descriptors, which are getters that generated code is printed with hundreds of times. */
function replaceGetters(require: NodeJS.Require): void {
  replaceModule(require, "ts-proto-descriptors", { ...require("ts-proto-descriptors") });
}

function replaceModule(require: NodeJS.Require, name: string, exports: unknown): void {
  const path = require.resolve(name);
  const replacement = new Module(path);
  replacement.exports = exports;
  replacement.loaded = true;
  require.cache[path] = replacement;
}

/** Lets ts-poet compare the paths of two modules once, and not for every imported name. */
function rememberModules(require: NodeJS.Require): void {
  const imports: { sameModule: (one: string, other: string) => boolean } = require("./Import");
  const { sameModule } = imports;
  const known = new Map<string, Map<string, boolean>>();
  imports.sameModule = (one, other) => {
    const others = known.get(one) ?? new Map<string, boolean>();
    known.set(one, others);
    const isSame = others.get(other) ?? sameModule(one, other);
    others.set(other, isSame);
    return isSame;
  };
}
