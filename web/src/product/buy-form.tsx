import type { Product } from "@mesh/contracts/catalog/v1";
import { ShoppingBag } from "lucide-react";
import { useState } from "react";
import { addToCart } from "../cart/add-to-cart.ts";
import { useCart } from "../cart/use-cart.ts";
import { plural } from "../numbers.ts";
import { useMay } from "../session/session-query.ts";
import { button } from "../ui/button.ts";
import { QuantityField } from "../ui/quantity-field.tsx";
import { StaffStock } from "./staff-stock.tsx";
import { StockLine } from "./stock-line.tsx";
import { useStock } from "./use-stock.ts";

/** Adds a product to the cart. The quantity may exceed the stock, which can change. */
export function BuyForm({ product }: { product: Product }) {
  const [quantity, setQuantity] = useState(1);
  const stock = useStock(product.id);
  const isSoldOut = stock.level !== undefined && stock.level.available <= 0n;
  const maySetStock = useMay("stock:write");
  const inCart = useCart().find((item) => item.productId === product.id)?.quantity;
  return (
    <div className="grid gap-5">
      <StockLine stock={stock} />
      <div className="flex flex-wrap gap-3">
        <QuantityField of={product.name} value={quantity} onChange={setQuantity} disabled={isSoldOut} />
        <button
          type="button"
          disabled={isSoldOut}
          onClick={() => addToCart(product, quantity)}
          className={button("accent", "medium", "grow sm:min-w-56 sm:grow-0")}
        >
          <ShoppingBag aria-hidden="true" className="size-5" />
          Add to cart
        </button>
      </div>
      {inCart !== undefined && <p className="label text-soft">{plural(inCart, "item")} in your cart</p>}
      {maySetStock && <StaffStock product={product} stock={stock} />}
    </div>
  );
}
