// Imports of products, as client streams of a second, one after another. An import that fails stores nothing and is not repeated.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Category } from "@mesh/contracts/catalog/v1";
import { Failures } from "./failures.mjs";

const parts = 5;
const productsOfPart = 10;
const betweenPartsMs = 200;

export class Imports {
  #mesh;
  #counts = { made: 0, failed: 0 };
  #failures = new Failures();
  #isEnding = false;
  #workers;

  /** @param workers the imports at a time */
  constructor(mesh, workers) {
    this.#mesh = mesh;
    this.#workers = Array.from({ length: workers }, () => this.#run());
  }

  async end() {
    this.#isEnding = true;
    await Promise.all(this.#workers);
    return { ...this.#counts, failures: this.#failures.result() };
  }

  async #run() {
    const products = Array.from({ length: parts * productsOfPart }, newProduct);
    while (!this.#isEnding) {
      this.#counts.made += 1;
      try {
        const { created, updated, unchanged } = await this.#mesh.catalog.importProducts(partsOf(products));
        const count = created + updated + unchanged;
        if (count !== products.length) throw new Error(`${count} of ${products.length} products were imported`);
      } catch (error) {
        this.#counts.failed += 1;
        this.#failures.add("import", error);
      }
    }
  }
}

async function* partsOf(products) {
  for (let part = 0; part < parts; part++) {
    await pause(betweenPartsMs);
    yield { products: products.slice(part * productsOfPart, (part + 1) * productsOfPart) };
  }
}

function newProduct() {
  const price = { minorUnits: 1_000n, currency: "EUR" };
  return { id: randomUUID(), name: "Imported", description: "", category: Category.CATEGORY_BOOKS, price };
}
