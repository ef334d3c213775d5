import type { Product } from "@acme/shop-client/catalog/v1";
import type { Order } from "@acme/shop-client/orders/v1";
import { useState } from "react";
import { Account } from "./account.tsx";
import { OrderForm } from "./order-form.tsx";
import { OrderList } from "./order-list.tsx";
import { ProductList } from "./product-list.tsx";

/** The whole page: products at the left, the order that is being made and earlier ones at the right. */
export function App() {
  const [chosen, setChosen] = useState<Product>();
  const [placed, setPlaced] = useState<readonly Order[]>([]);

  function add(order: Order): void {
    setPlaced((before) => [order, ...before]);
    setChosen(undefined);
  }

  return (
    <>
      <header>
        <h1>Counter</h1>
        <Account />
      </header>
      <main>
        <ProductList chosen={chosen} onChoose={setChosen} />
        <aside>
          {chosen && <OrderForm key={chosen.id} product={chosen} onPlaced={add} onClose={() => setChosen(undefined)} />}
          <OrderList placed={placed} />
        </aside>
      </main>
    </>
  );
}
