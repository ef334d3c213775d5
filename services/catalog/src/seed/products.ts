import { createHash } from "node:crypto";
import type { Product } from "@mesh/contracts/catalog/v1";
import { stableUuid } from "@mesh/service";
import { type Vocabulary, vocabularies } from "./words.ts";

/** A product of the example shop, with its stock. */
export interface ExampleProduct {
  readonly product: Product;
  readonly pieces: bigint;
}

/** Returns the 5,000 products of the example shop, the same on every machine. */
export function exampleProducts(): ExampleProduct[] {
  return vocabularies.flatMap((vocabulary) =>
    vocabulary.kinds.flatMap((kind) => vocabulary.things.map((thing) => exampleProduct(vocabulary, kind, thing))),
  );
}

function exampleProduct(vocabulary: Vocabulary, kind: string, thing: string): ExampleProduct {
  const name = `${kind} ${thing}`;
  const hash = createHash("sha256").update(`${vocabulary.category}/${name}`).digest();
  const sentences = vocabulary.sentences.map((text) =>
    text.replace("{kind}", kind).replace("{thing}", thing.toLowerCase()),
  );
  const product = {
    id: stableUuid(`product/${vocabulary.category}/${name}`),
    name,
    description: `${name}. ${sentences[hash.readUInt8(16) % sentences.length]}`,
    category: vocabulary.category,
    price: { currency: "EUR", minorUnits: priceOf(vocabulary.prices, hash.readUInt32BE(20)) },
    revision: 0n,
    images: [],
  };
  return { product, pieces: piecesOf(hash.readUInt8(24)) };
}

/** Returns a price that ends in 90, as in shops. */
function priceOf([from, to]: readonly [number, number], random: number): bigint {
  const steps = (to - from) / 100;
  return BigInt(from + Math.floor((random / 2 ** 32) * (steps + 1)) * 100);
}

/** Returns the stock: one product in twenty is sold out, some are scarce, most are plentiful. */
function piecesOf(random: number): bigint {
  if (random < 13) return 0n;
  return BigInt(random < 40 ? random % 10 : random * 4);
}
