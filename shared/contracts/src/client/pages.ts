/** The part of a request that selects a page. */
interface PageRequest {
  readonly pageToken?: string | undefined;
}

/** The part of a response that leads to the next page. */
interface Page {
  readonly nextPageToken: string;
}

/** The type of the items of a page: those of its repeated field. */
export type ItemOf<Response> = {
  [K in keyof Response]: Response[K] extends readonly (infer Item)[] ? Item : never;
}[keyof Response];

/** A method that lists by pages: a query of tRPC, or a method of a gRPC client. */
export type ListMethod<Request extends PageRequest, Response extends Page, Options> = (
  request: Request,
  options?: Options,
) => Promise<Response>;

/**
 * Iterates over the pages of a list, from the page that the request selects to the last one. Each page is requested when it is
 * needed.
 *
 * @param options those of each call, such as `signal`
 * @throws Error if a page token repeats, because the list would not end
 * @example
 * ```ts no-run
 * import { createClient } from "@mesh/client";
 * import { pages } from "@mesh/contracts/client";
 *
 * const client = createClient();
 * for await (const { products, totalSize } of pages(client.catalog.listProducts.query, { pageSize: 50 })) {
 *   console.log(`${products.length} of ${totalSize}`);
 * }
 * ```
 */
export async function* pages<Request extends PageRequest, Response extends Page, Options>(
  list: ListMethod<Request, Response, Options>,
  request: NoInfer<Request>,
  options?: NoInfer<Options>,
): AsyncGenerator<Response, void, undefined> {
  const tokens = new Set([request.pageToken ?? ""]);
  for (let next = request; ; ) {
    const page = await list(next, options);
    yield page;
    const { nextPageToken } = page;
    if (nextPageToken === "") return;
    if (tokens.has(nextPageToken)) throw new Error(`the page token ${JSON.stringify(nextPageToken)} came twice`);
    tokens.add(nextPageToken);
    next = { ...request, pageToken: nextPageToken };
  }
}

/**
 * Iterates over the items on all pages of a list, as `pages` does over its pages. The items are those of the only repeated
 * field of the response.
 *
 * @throws TypeError if the response has no repeated field, or several; then use `pages`
 * @example
 * ```ts no-run
 * import { createClient } from "@mesh/client";
 * import { items } from "@mesh/contracts/client";
 *
 * const client = createClient();
 * for await (const order of items(client.orders.listOrders.query, {})) console.log(order.id);
 * ```
 */
export async function* items<Request extends PageRequest, Response extends Page, Options>(
  list: ListMethod<Request, Response, Options>,
  request: NoInfer<Request>,
  options?: NoInfer<Options>,
): AsyncGenerator<ItemOf<Response>, void, undefined> {
  for await (const page of pages(list, request, options)) {
    const [field, ...others] = Object.values(page).filter(Array.isArray);
    if (!field || others.length > 0) throw new TypeError("the response does not have exactly one repeated field");
    yield* field;
  }
}
