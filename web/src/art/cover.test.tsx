import { Category } from "@mesh/contracts/catalog/v1";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Cover } from "./cover.tsx";
import { drawingsOf } from "./drawings.ts";
import { nouns } from "./nouns.ts";
import { lamp } from "./things/home.tsx";
import { packet } from "./things/pantry.tsx";

const draw = (id: string, name: string, category: Category | undefined = Category.CATEGORY_HOME) =>
  renderToStaticMarkup(<Cover id={id} name={name} category={category} />);

describe("Cover", () => {
  it("draws the same product the same, and another one differently", () => {
    expect(draw("a", "Oak Vase")).toBe(draw("a", "Oak Vase"));
    expect(draw("a", "Oak Vase")).not.toBe(draw("b", "Oak Vase"));
  });

  it("draws every noun it knows, and products of any or no category, without a broken number", () => {
    const names = [...nouns.keys(), "Something Nobody Thought Of"];
    const categories = [...Object.values(Category), 99 as Category, undefined];
    const drawn = names.flatMap((name) => categories.map((category) => draw(name, name, category)));
    expect(drawn.filter((markup) => /NaN|undefined|Infinity/.test(markup))).toEqual([]);
  });
});

describe("drawingsOf", () => {
  it("goes by the last words of a name", () => {
    expect(drawingsOf("Solar Lamp", Category.CATEGORY_ELECTRONICS)).toEqual([lamp]);
    expect(drawingsOf("Peanut Butter", Category.CATEGORY_FOOD)).toBe(nouns.get("peanut butter"));
  });

  it("goes by the category where the name says nothing, and has something for everything", () => {
    expect(drawingsOf("Constructor", Category.CATEGORY_FOOD)).toEqual([packet]);
    expect(drawingsOf("", undefined)).toEqual([packet]);
  });
});
