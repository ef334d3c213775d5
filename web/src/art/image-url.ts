/** Returns the address of a picture. What it has never changes. */
export function imageUrl(productId: string, imageId: string): string {
  return `/v1/products/${productId}/images/${imageId}`;
}
