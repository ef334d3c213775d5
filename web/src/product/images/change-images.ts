import type { ProductImage } from "@mesh/contracts/catalog/v1";
import type { QueryClient } from "@tanstack/react-query";
import { api } from "../../mesh/client.ts";

/**
 * Changes the pictures of a product on this page. The gateway may keep the product as it was for a moment longer, so the page does
 * not ask for it now, but when it is shown the next time.
 */
export async function changeImages(
  queryClient: QueryClient,
  productId: string,
  change: (images: readonly ProductImage[]) => ProductImage[],
): Promise<void> {
  await queryClient.invalidateQueries({ ...api.catalog.pathFilter(), refetchType: "none" });
  queryClient.setQueryData(api.catalog.getProduct.queryKey({ id: productId }), (before) => {
    const product = before?.product;
    return product && { product: { ...product, images: change(product.images) } };
  });
}
