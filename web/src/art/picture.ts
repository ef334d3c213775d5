import type { Category } from "@mesh/contracts/catalog/v1";
import { shelfOf } from "../catalog/categories.ts";
import { drawings } from "./drawings.ts";

/** The address of a picture, and whether the page shows it mirrored. */
export interface Picture {
  readonly src: string;
  readonly isMirrored: boolean;
}

// The files by the noun that they show, first with the shelf (`home/bowl`), then without it (`bowl`).
const filesByNoun = new Map<string, string[]>();

for (const [shelf, rows] of Object.entries(drawings)) {
  for (const [drawing, nouns, pictures = 3] of rows) {
    const files = Array.from({ length: pictures }, (_, index) => `/art/${shelf}/${drawing}-${index + 1}.svg`);
    for (const noun of nouns.split(", ")) {
      const key = `${shelf}/${noun}`;
      filesByNoun.set(key, [...(filesByNoun.get(key) ?? []), ...files]);
      if (!filesByNoun.has(noun)) filesByNoun.set(noun, files);
    }
  }
}

/**
 * Chooses the picture of a product. The last words of its name decide what it shows, its category the colours, and its id
 * one of several pictures, always the same one.
 */
export function pictureOf(id: string, name: string, category: Category | undefined): Picture {
  const files = filesOf(name, category);
  const hash = hashOf(id);
  return { src: files[hash % files.length] ?? "", isMirrored: hash >>> 31 === 1 };
}

function filesOf(name: string, category: Category | undefined): readonly string[] {
  const shelf = (category && shelfOf(category)?.slug) || "plain";
  const words = name.toLowerCase().split(" ");
  const nouns = [words.slice(-2).join(" "), words.at(-1) ?? ""];
  const keys = [...nouns.map((noun) => `${shelf}/${noun}`), ...nouns, `${shelf}/*`];
  return keys.map((key) => filesByNoun.get(key)).find((files) => files !== undefined) ?? [];
}

/** Source: FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
