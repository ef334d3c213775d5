import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ProcessRow } from "../shapes.ts";

/** The number of colors in the style sheet. */
const colors = 8;

/** The processes of the mesh, for all views. */
export const Processes = createContext<readonly ProcessRow[]>([]);

/** Returns the function that finds the class of a process's color. The replicas of a service have the same. */
export function useColors(): (process: string) => string {
  const names = [...new Set(useContext(Processes).map(({ name }) => serviceOf(name)))];
  return (process) => {
    const index = names.indexOf(serviceOf(process));
    return `color-${(index < 0 ? hashOf(process) : index) % colors}`;
  };
}

function serviceOf(process: string): string {
  return process.replace(/-\d+$/, "");
}

function hashOf(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997, 7);
}
