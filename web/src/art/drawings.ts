import { Category } from "@mesh/contracts/catalog/v1";
import { nouns } from "./nouns.ts";
import type { Drawing } from "./print.tsx";
import { front, shelf, stack } from "./things/books.tsx";
import { sweater } from "./things/clothing.tsx";
import { radio } from "./things/electronics.tsx";
import { cactus, flowers, plant } from "./things/garden.tsx";
import { chair, vase } from "./things/home.tsx";
import { folded } from "./things/household.tsx";
import { brick } from "./things/instruments.tsx";
import { packet } from "./things/pantry.tsx";
import { ball } from "./things/sports.tsx";
import { blocks, rings } from "./things/toys.tsx";

type Drawings = readonly [Drawing, ...Drawing[]];

// What stands for a category where the name says nothing more particular.
const anyOf: Readonly<Record<number, Drawings>> = {
  [Category.CATEGORY_BOOKS]: [stack, shelf, front],
  [Category.CATEGORY_ELECTRONICS]: [radio, brick],
  [Category.CATEGORY_HOME]: [vase, chair],
  [Category.CATEGORY_GARDEN]: [plant, flowers, cactus],
  [Category.CATEGORY_TOYS]: [blocks, rings],
  [Category.CATEGORY_CLOTHING]: [sweater, folded],
  [Category.CATEGORY_SPORTS]: [ball],
  [Category.CATEGORY_FOOD]: [packet],
};

/** What can be drawn for a product: what its name ends in, else something of its category. */
export function drawingsOf(name: string, category: Category | undefined): Drawings {
  const words = name.toLowerCase().split(" ");
  const pair = nouns.get(words.slice(-2).join(" "));
  const last = pair ?? nouns.get(words.at(-1) ?? "");
  return last ?? anyOf[category ?? 0] ?? [packet];
}
