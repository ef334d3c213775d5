import { errorDataOf, isPassing } from "@acme/shop-client";
import type { Product } from "@acme/shop-client/catalog/v1";
import { type Order, PlaceOrderRequestSchema } from "@acme/shop-client/orders/v1";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { client } from "./client.ts";
import { formatMoney } from "./money.ts";

interface OrderFormProps {
  readonly product: Product;
  readonly onPlaced: (order: Order) => void;
  readonly onClose: () => void;
}

/** Orders a product. The contract checks the fields before anything is sent. */
export function OrderForm({ product, onPlaced, onClose }: OrderFormProps) {
  // The same until the shop answers, so that an order whose answer was lost is not placed twice.
  const idempotencyKey = useRef(crypto.randomUUID());
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState("");
  const [isSending, setSending] = useState(false);
  const section = useRef<HTMLElement>(null);

  useEffect(() => void section.current?.scrollIntoView({ block: "nearest" }), []);

  async function place(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const { quantity, ...fields } = Object.fromEntries(new FormData(event.currentTarget));
    const items = [{ productId: product.id, quantity: Number(quantity) }];
    const request = PlaceOrderRequestSchema.safeParse({ ...fields, items, idempotencyKey: idempotencyKey.current });
    const found = request.error?.issues.map(({ path, message }) => [String(path.at(-1)), message] as const);
    setFaults(Object.fromEntries(found ?? []));
    setProblem("");
    if (!request.success) return;
    setSending(true);
    try {
      onPlaced((await client.orders.placeOrder.mutate(request.data)).order);
    } catch (error) {
      if (!isPassing(error as Error)) idempotencyKey.current = crypto.randomUUID();
      setProblem(problemOf(error));
    } finally {
      setSending(false);
    }
  }

  return (
    <section aria-labelledby="order" ref={section}>
      <div className="bar">
        <h2 id="order">{product.name}</h2>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      <p className="quiet">{product.description}</p>
      <form onSubmit={place} noValidate>
        <Field
          name="quantity"
          label={`Quantity, at ${formatMoney(product.price)}`}
          type="number"
          value="1"
          faults={faults}
        />
        <Field name="name" label="Name" value="Ada Lovelace" faults={faults} />
        <Field name="email" label="Email" type="email" value="ada@example.com" faults={faults} />
        <Field name="address" label="Address" value="12 St James's Square, London" faults={faults} />
        <label>
          Card
          <select name="paymentToken">
            <option value="tok_ok">one that pays</option>
            <option value="tok_slow">one that takes a while</option>
            <option value="tok_declined">one that is declined</option>
          </select>
        </label>
        {problem && <p role="alert">{problem}</p>}
        <button type="submit" className="primary" disabled={isSending}>
          {isSending ? "Placing…" : "Place order"}
        </button>
      </form>
    </section>
  );
}

/** The reasons are those of the contract, and each has its own metadata. */
function problemOf(error: unknown): string {
  const data = errorDataOf(error, "orders.placeOrder");
  switch (data?.reason) {
    case "OUT_OF_STOCK":
      return `Only ${data.metadata.available} of ${data.metadata.requested} are left.`;
    case "PRODUCT_UNKNOWN":
      return "This product is no longer for sale.";
    default:
      return isPassing(error as Error)
        ? "The shop does not respond. Try again: it is ordered once."
        : "This did not work.";
  }
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly type?: string;
  readonly value: string;
  readonly faults: Readonly<Record<string, string>>;
}

function Field({ name, label, type = "text", value, faults }: FieldProps) {
  const fault = faults[name];
  return (
    <label>
      {label}
      <input name={name} type={type} defaultValue={value} aria-invalid={fault !== undefined} />
      {fault && <small>{fault}</small>}
    </label>
  );
}
