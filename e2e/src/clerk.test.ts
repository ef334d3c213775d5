import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { startTestShop } from "../fixtures/test-shop.ts";
import { signIn } from "./sign-in-shop.ts";
import { putOnSale } from "./stock.ts";

const { running, newPage } = startTestShop();

/** Opens a browser in which a person has signed in. */
async function browserOf(name: string): Promise<Page> {
  const page = await newPage();
  await page.goto(running().shop.url);
  await signIn(page, name);
  return page;
}

/** Orders one item of a product, and waits until the order is there. */
async function order(page: Page, productId: string, card: string): Promise<void> {
  await page.goto(`${running().shop.url}/products/${productId}`);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.goto(`${running().shop.url}/checkout`);
  await page.getByRole("textbox", { name: "Name" }).fill("Casey Customer");
  await page.getByRole("textbox", { name: "Email" }).fill("casey@example.com");
  await page.getByRole("textbox", { name: "Address" }).fill("12 St James's Square, London");
  await page.getByRole("radio", { name: card }).check();
  await page.getByRole("button", { name: /^Place order/ }).click();
  await progress(page).waitFor();
}

const progress = (page: Page) => page.getByRole("list", { name: "Progress" });
const step = (page: Page, name: string) => progress(page).getByRole("heading", { name });
const panel = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

/** Opens the order of a customer, as staff do: by its link. */
async function find(clerk: Page, link: string): Promise<void> {
  await clerk.getByRole("link", { name: "Orders", exact: true }).click();
  await clerk.getByRole("textbox", { name: "Order id or link" }).fill(link);
  await clerk.getByRole("button", { name: "Open order" }).click();
  await progress(clerk).waitFor();
}

it("a clerk sees and sets the stock of a product, and a customer sees the result immediately", async () => {
  const productId = await putOnSale(running().mesh, "Counted Candle", 10n);
  const [customer, clerk] = await Promise.all([browserOf("Casey Customer"), browserOf("Clara Clerk")]);
  for (const page of [customer, clerk]) await page.goto(`${running().shop.url}/products/${productId}`);
  await panel(clerk, "Stock").getByText("10", { exact: true }).waitFor();
  await customer.getByText("10 in stock").waitFor();
  await clerk.getByRole("button", { name: "Set stock" }).click();
  await clerk.getByText("New available stock must be a whole number.").waitFor();
  await clerk.getByRole("textbox", { name: "New available stock" }).fill("25");
  await clerk.getByRole("button", { name: "Set stock" }).click();
  await panel(clerk, "Stock").getByText("25", { exact: true }).waitFor();
  await customer.getByText("25 in stock").waitFor();
  expect(await customer.getByText("Only staff see this").count()).toBe(0);
});

it("a clerk refunds the order of a customer, who sees it immediately", async () => {
  const productId = await putOnSale(running().mesh, "Returned Teapot", 10n, 2_950n);
  const [customer, clerk] = await Promise.all([browserOf("Casey Customer"), browserOf("Clara Clerk")]);
  await order(customer, productId, "Working card");
  await step(customer, "Confirmed").waitFor();
  await find(clerk, customer.url());
  await step(clerk, "Confirmed").waitFor();
  await panel(clerk, "Payment").getByText("Authorized").waitFor();
  await clerk.getByRole("button", { name: "Refund payment" }).click();
  const dialog = clerk.getByRole("alertdialog");
  await dialog.getByRole("heading", { name: "Refund €29.50?" }).waitFor();
  const [request] = await Promise.all([
    clerk.waitForRequest(/payments\.refundPayment/),
    dialog.getByRole("button", { name: "Yes, refund it" }).click(),
  ]);
  expect((await request.allHeaders())["idempotency-key"]).toMatch(/^"[\da-f-]{36}"$/);
  await panel(clerk, "Payment").getByText("Refunded").waitFor();
  expect(await clerk.getByRole("button", { name: "Refund payment" }).count()).toBe(0);
  for (const page of [clerk, customer]) {
    await step(page, "Refunded").waitFor();
    await page.getByRole("heading", { level: 1, name: "Refunded" }).waitFor();
  }
  // What a clerk may do, a customer is not offered.
  expect(await customer.getByText("Only staff see this").count()).toBe(0);
  await customer.reload();
  await step(customer, "Refunded").waitFor();
  await customer.getByRole("link", { name: "All your orders" }).click();
  const newest = customer.getByRole("list", { name: "Orders" }).getByRole("listitem").first();
  await newest.getByText("Refunded").waitFor();
  expect(await customer.getByText("Only staff see this").count()).toBe(0);
});

it("a clerk can refund no payment that was declined, and cancel no order of a customer", async () => {
  const productId = await putOnSale(running().mesh, "Unpaid Lamp", 10n);
  const [customer, clerk] = await Promise.all([browserOf("Casey Customer"), browserOf("Clara Clerk")]);
  await order(customer, productId, "Declined card");
  await step(customer, "Cancelled").waitFor();
  await find(clerk, customer.url());
  await panel(clerk, "Payment").getByText("Failed").waitFor();
  await clerk.getByText("The payment was declined.").first().waitFor();
  expect(await clerk.getByRole("button", { name: /^(Refund payment|Cancel order)$/ }).count()).toBe(0);
});

it("says in plain words that payments is down, and refunds once it is back", async () => {
  const productId = await putOnSale(running().mesh, "Patient Chair", 10n);
  const [customer, clerk] = await Promise.all([browserOf("Casey Customer"), browserOf("Clara Clerk")]);
  await order(customer, productId, "Working card");
  await step(customer, "Confirmed").waitFor();
  await find(clerk, customer.url());
  await clerk.getByRole("button", { name: "Refund payment" }).click();
  await running().mesh.apps.payments?.kill("SIGKILL");
  await clerk.getByRole("button", { name: "Yes, refund it" }).click();
  await clerk.getByText(/Payments is unavailable.*refunded only once/).waitFor();
  await running().mesh.apps.payments?.start();
  await step(clerk, "Refunded").waitFor();
});
