import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Category } from "@mesh/contracts/catalog/v1";
import { describe, expect, it } from "vitest";
import { drawings } from "./drawings.ts";
import { pictureOf } from "./picture.ts";

const { CATEGORY_BOOKS, CATEGORY_FOOD, CATEGORY_HOME } = Category;

const srcOf = (name: string, category: Category | undefined, id = "7") => pictureOf(id, name, category).src;

describe("pictureOf", () => {
  it("chooses the same picture for the same product, and several for several products", () => {
    expect(pictureOf("a", "Oak Vase", CATEGORY_HOME)).toEqual(pictureOf("a", "Oak Vase", CATEGORY_HOME));
    const pictures = Array.from({ length: 50 }, (_, id) => pictureOf(`${id}`, "Oak Vase", CATEGORY_HOME));
    expect(new Set(pictures.map(({ src, isMirrored }) => `${src} ${isMirrored}`)).size).toBe(6);
  });

  it("shows what the last words of the name say, in the colours of the category", () => {
    expect(srcOf("Oak Bowl", CATEGORY_HOME)).toMatch(/^\/art\/home\/bowl-[123]\.svg$/);
    expect(srcOf("Toasted Granola", CATEGORY_FOOD)).toMatch(/^\/art\/food\/bowl-[1-9]\.svg$/);
    expect(srcOf("Smoky Peanut Butter", CATEGORY_FOOD)).toMatch(/^\/art\/food\/jar-[1-9]\.svg$/);
  });

  it("shows a noun of another category rather than something else", () => {
    expect(srcOf("Plain Teapot", CATEGORY_BOOKS)).toMatch(/^\/art\/home\/kettle-[123]\.svg$/);
  });

  it("has a picture for any name and any category", () => {
    expect(srcOf("Constructor", CATEGORY_FOOD)).toMatch(/^\/art\/food\/packet-/);
    expect(srcOf("", undefined)).toMatch(/^\/art\/plain\/packet-/);
    expect(srcOf("Something Else", 99 as Category)).toMatch(/^\/art\/plain\/packet-/);
    for (const category of Object.values(Category)) expect(srcOf("?", category)).toMatch(/^\/art\/.*-\d\.svg$/);
  });
});

it("every picture has a file, and every file is a picture", () => {
  const folder = join(import.meta.dirname, "../../public/art");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".svg"));
  const listed = Object.entries(drawings).flatMap(([shelf, rows]) =>
    rows.flatMap(([drawing, , pictures = 3]) =>
      Array.from({ length: pictures }, (_, index) => join(shelf, `${drawing}-${index + 1}.svg`)),
    ),
  );
  expect(files.sort()).toEqual(listed.sort());
});
