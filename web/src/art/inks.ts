import { Category } from "@mesh/contracts/catalog/v1";
import type { Random } from "./random.ts";

/** The colours of one print: its paper, a light wash, and three inks from dark to bright. */
export interface Inks {
  readonly paper: string;
  readonly wash: string;
  readonly deep: string;
  readonly main: string;
  readonly bright: string;
}

const inks = (paper: string, wash: string, deep: string, main: string, bright: string): Inks => {
  return { paper, wash, deep, main, bright };
};

// Two or three prints a category, so that a shelf belongs together and is not uniform.
const prints: Record<number, readonly [Inks, ...Inks[]]> = {
  [Category.CATEGORY_BOOKS]: [
    inks("#f8e3d6", "#ffc2a8", "#1d3a8f", "#ff5c3a", "#ffc83d"),
    inks("#e6e1fb", "#c9bbff", "#12322b", "#5b3fd6", "#ff8a73"),
    inks("#e3ece0", "#b9d8bf", "#12443a", "#e0452b", "#ffd166"),
  ],
  [Category.CATEGORY_ELECTRONICS]: [
    inks("#dfe8f4", "#b7cdf2", "#152a5e", "#2746d8", "#ff6a48"),
    inks("#e8e6ee", "#c9c3da", "#241c46", "#6b4de0", "#2fc7a8"),
    inks("#f3e6df", "#f3bfa6", "#3b1f2b", "#e8502f", "#5cb8ff"),
  ],
  [Category.CATEGORY_HOME]: [
    inks("#f7ead0", "#ffd98a", "#14463c", "#e0692b", "#7fc8b8"),
    inks("#f2dfe3", "#f3b3bf", "#4a1d3a", "#d6455d", "#ffb84d"),
    inks("#e2e9e6", "#b5cfc7", "#163b4a", "#2c8c8c", "#ff8a5c"),
  ],
  [Category.CATEGORY_GARDEN]: [
    inks("#e3f0d8", "#bfe09f", "#0f4a33", "#2f9a4e", "#ff7a59"),
    inks("#fbeccb", "#ffd873", "#17503a", "#3f8f3a", "#ff5c8a"),
    inks("#dcefea", "#a6dccb", "#0c3f4a", "#14907a", "#ffb52e"),
  ],
  [Category.CATEGORY_TOYS]: [
    inks("#ffe9ec", "#ffc0cc", "#2a2a86", "#ff4f6d", "#ffc92e"),
    inks("#e2f1fb", "#a9dcfa", "#1b2f7a", "#ff6a3d", "#ffd23d"),
    inks("#fff0c9", "#ffdc7a", "#173f5f", "#20a39e", "#ef5b5b"),
  ],
  [Category.CATEGORY_CLOTHING]: [
    inks("#efe6f6", "#d9c2f0", "#331a57", "#8a4fd0", "#ff9e7a"),
    inks("#e4ebe4", "#c2d3bd", "#1f3d2e", "#56795a", "#e8865a"),
    inks("#f6e2da", "#f2b9a2", "#4a2118", "#cf4a2f", "#6aa7d8"),
  ],
  [Category.CATEGORY_SPORTS]: [
    inks("#def1e6", "#9fe0bd", "#0d3b3a", "#0f9d6b", "#ff6b3d"),
    inks("#e5e9fb", "#b9c6ff", "#17206b", "#3d5bf0", "#ffcf33"),
    inks("#fdebd9", "#ffc897", "#3a1c4a", "#f2661f", "#34b3a0"),
  ],
  [Category.CATEGORY_FOOD]: [
    inks("#fdeee0", "#ffd0a8", "#5a1f1a", "#e6432e", "#5fae4e"),
    inks("#f6f2cf", "#ecdf7d", "#2f4a1b", "#7aa62b", "#ff7d3c"),
    inks("#fbe4ea", "#f8b4c6", "#4d1133", "#d42f63", "#f7a928"),
  ],
};

const plain = inks("#e7ebe4", "#cbd5cb", "#12322b", "#55736a", "#ff8a6e");

/** The print of a product; a category without inks of its own is printed in plain green. */
export function inksOf(category: Category | undefined, random: Random): Inks {
  return random.pick(prints[category ?? 0] ?? [plain]);
}
