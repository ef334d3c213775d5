import { Category } from "@mesh/contracts/catalog/v1";
import { Armchair, BookOpen, Dumbbell, type LucideIcon, Radio, Shirt, Sprout, ToyBrick, Wheat } from "lucide-react";

/** A shelf of the shop. */
export interface Shelf {
  readonly category: Category;
  /** In addresses. */
  readonly slug: string;
  readonly name: string;
  readonly icon: LucideIcon;
}

/** Every category of the contract, in its order. */
export const shelves: readonly Shelf[] = [
  { category: Category.CATEGORY_BOOKS, slug: "books", name: "Books", icon: BookOpen },
  { category: Category.CATEGORY_ELECTRONICS, slug: "electronics", name: "Electronics", icon: Radio },
  { category: Category.CATEGORY_HOME, slug: "home", name: "Home", icon: Armchair },
  { category: Category.CATEGORY_GARDEN, slug: "garden", name: "Garden", icon: Sprout },
  { category: Category.CATEGORY_TOYS, slug: "toys", name: "Toys", icon: ToyBrick },
  { category: Category.CATEGORY_CLOTHING, slug: "clothing", name: "Clothing", icon: Shirt },
  { category: Category.CATEGORY_SPORTS, slug: "sports", name: "Sports", icon: Dumbbell },
  { category: Category.CATEGORY_FOOD, slug: "food", name: "Food", icon: Wheat },
];

/** The shelf that an address names. */
export function shelfBySlug(slug: string | undefined): Shelf | undefined {
  return shelves.find((shelf) => shelf.slug === slug);
}

/** The shelf of a product; undefined: a category that this page is too old for. */
export function shelfOf(category: Category): Shelf | undefined {
  return shelves.find((shelf) => shelf.category === category);
}
