import { Category } from "@mesh/contracts/catalog/v1";
import type { Drawing } from "./print.tsx";
import { books } from "./things/books.tsx";
import { clothing } from "./things/clothing.tsx";
import { electronics } from "./things/electronics.tsx";
import { food } from "./things/food.tsx";
import { garden } from "./things/garden.tsx";
import { home } from "./things/home.tsx";
import { sports } from "./things/sports.tsx";
import { toys } from "./things/toys.tsx";

type Drawings = readonly [Drawing, ...Drawing[]];

const shelves: Record<number, Drawings> = {
  [Category.CATEGORY_BOOKS]: books,
  [Category.CATEGORY_ELECTRONICS]: electronics,
  [Category.CATEGORY_HOME]: home,
  [Category.CATEGORY_GARDEN]: garden,
  [Category.CATEGORY_TOYS]: toys,
  [Category.CATEGORY_CLOTHING]: clothing,
  [Category.CATEGORY_SPORTS]: sports,
  [Category.CATEGORY_FOOD]: food,
};

/** What is drawn for a category; one that is new, or not known yet, is drawn as something for the house. */
export function drawingsOf(category: Category | undefined): Drawings {
  return shelves[category ?? 0] ?? home;
}
