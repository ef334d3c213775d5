import { SettingsError } from "@mesh/runtime";
import * as z from "zod";
import type { App } from "./app.ts";

/** One process of an app. */
export interface Replica {
  readonly app: App;
  /** Counts from 1. */
  readonly number: number;
  /** `orders`; or `orders-1` and so on, if the app has several replicas. */
  readonly name: string;
}

/** The most replicas of an app: each is a process of about 100 MB. */
const maxReplicas = 20;

/** Returns the schema of MESH_REPLICAS: the numbers of replicas by the names of apps. */
export function replicasSetting() {
  return z
    .string()
    .default("")
    .transform((text) => text.split(",").filter(Boolean).map(entryOf))
    .refine((entries) => entries.every(isEntry) && new Set(entries.map(([name]) => name)).size === entries.length)
    .transform((entries): ReadonlyMap<string, number> => new Map(entries))
    .describe(`names of services or the gateway with a number from 1 to ${maxReplicas}: orders=3,gateway=2`);
}

/** Checks the names in MESH_REPLICAS. @throws SettingsError that names those which can't have replicas */
export function checkReplicas(counts: ReadonlyMap<string, number>, apps: readonly App[]): void {
  const able = apps.filter(({ kind }) => kind !== "web").map(({ name }) => name);
  const unknown = [...counts.keys()].filter((name) => !able.includes(name));
  if (unknown.length === 0) return;
  const can = `these can have replicas: ${able.join(", ")}`;
  throw new SettingsError(`1 wrong setting:\n  MESH_REPLICAS has the unknown ${unknown.join(", ")}; ${can}`);
}

/** Returns the replicas of an app. */
export function replicasOf(app: App, counts: ReadonlyMap<string, number>): Replica[] {
  const count = counts.get(app.name) ?? 1;
  return Array.from({ length: count }, (_, index) => {
    return { app, number: index + 1, name: count === 1 ? app.name : `${app.name}-${index + 1}` };
  });
}

type Entry = readonly [name: string, count: number];

function entryOf(text: string): Entry {
  const [, name = "", count = ""] = /^\s*([^\s=]+)=(\d+)\s*$/.exec(text) ?? [];
  return [name, Number(count)];
}

function isEntry([name, count]: Entry): boolean {
  return name !== "" && count >= 1 && count <= maxReplicas;
}
