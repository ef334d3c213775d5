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
  replaceFormatter(createRequire(createRequire(require.resolve("ts-proto/build/src/main.js")).resolve("ts-poet")));
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
  const path = require.resolve("dprint-node");
  const formatter = new Module(path);
  formatter.exports = { format: (_name: string, code: string) => `${code}\n` };
  formatter.loaded = true;
  require.cache[path] = formatter;
}
