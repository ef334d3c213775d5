import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { CatalogPage } from "./catalog/catalog-page.tsx";
import { readSearch, requestOf } from "./catalog/search.ts";
import { CrashPage } from "./layout/crash-page.tsx";
import { NotFoundPage } from "./layout/not-found-page.tsx";
import { Shell } from "./layout/shell.tsx";
import { api, queryClient } from "./mesh/client.ts";

// Loaders only start what their page asks for anyway, so that hovering over a link is a head start; no page waits for
// them, because the page itself reports an unavailable service.

const root = createRootRoute({ component: Shell, notFoundComponent: () => <NotFoundPage /> });

const catalog = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: readSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void queryClient.prefetchQuery(api.catalog.listProducts.queryOptions(requestOf(deps))),
  component: CatalogPage,
});

const product = createRoute({
  getParentRoute: () => root,
  path: "/products/$id",
  loader: ({ params: { id } }) => void queryClient.prefetchQuery(api.catalog.getProduct.queryOptions({ id })),
  component: lazyRouteComponent(() => import("./product/product-page.tsx"), "ProductPage"),
});

const cart = createRoute({
  getParentRoute: () => root,
  path: "/cart",
  component: lazyRouteComponent(() => import("./cart/cart-page.tsx"), "CartPage"),
});

const checkout = createRoute({
  getParentRoute: () => root,
  path: "/checkout",
  component: lazyRouteComponent(() => import("./checkout/checkout-page.tsx"), "CheckoutPage"),
});

const orders = createRoute({
  getParentRoute: () => root,
  path: "/orders",
  validateSearch: ({ token }: Record<string, unknown>): { token?: string } =>
    typeof token === "string" && token !== "" ? { token } : {},
  component: lazyRouteComponent(() => import("./orders/orders-page.tsx"), "OrdersPage"),
});

const order = createRoute({
  getParentRoute: () => root,
  path: "/orders/$id",
  component: lazyRouteComponent(() => import("./orders/order-page.tsx"), "OrderPage"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  path: "/signed-in",
  component: lazyRouteComponent(() => import("./session/signed-in-page.tsx"), "SignedInPage"),
});

/** Every page of the shop. */
export const router = createRouter({
  routeTree: root.addChildren([catalog, product, cart, checkout, orders, order, signedIn]),
  defaultPreload: "intent",
  defaultErrorComponent: CrashPage,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** The tokens of the catalog's pages behind this one, the first page's left out. */
    trail?: readonly string[];
  }
}
