import { expect, it } from "vitest";
import { startTestShop } from "../fixtures/test-shop.ts";
import { signIn } from "./sign-in-shop.ts";

const { running, newPage } = startTestShop();

const csv = (text: string) => ({ name: "products.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

it("a clerk imports products from a file, and sees how far it is, and what came of it", async () => {
  const [clerk, visitor] = [await newPage(), await newPage()];
  await clerk.goto(running().shop.url);
  await signIn(clerk, "Clara Clerk");
  const rows = Array.from({ length: 120 }, (_, at) => `Imported kite ${at},toys,${at + 1}.50`);
  // The bar is gone when the import is done, so every state of it is noted.
  await clerk.evaluate(() => {
    const seen = new Set<number>();
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const bar = document.querySelector<HTMLProgressElement>("progress");
      if (bar) seen.add(bar.value);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await clerk.getByLabel("Products file").setInputFiles(csv(`name,category,price\n${rows.join("\n")}`));
  await clerk.getByText("120 new products, 0 changed, 0 unchanged.").waitFor();
  const seen: number[] = await clerk.evaluate(() => [...Reflect.get(globalThis, "seen")]);
  expect(seen.length).toBeGreaterThan(0);

  await visitor.goto(`${running().shop.url}/?q=imported+kite`);
  await visitor.getByText("120 results").waitFor();
  expect(await visitor.getByText("Only staff see this").count()).toBe(0);
});

it("says in plain words why a file has no products", async () => {
  const clerk = await newPage();
  await clerk.goto(running().shop.url);
  await signIn(clerk, "Clara Clerk");
  await clerk.getByLabel("Products file").setInputFiles(csv("name,category,price\nKite,cars,1"));
  await clerk.getByText("Line 2: there is no category “cars”.").waitFor();
});
