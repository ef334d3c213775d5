"use client";
import { type ComponentProps, useActionState } from "react";
import { placeOrder } from "../../actions.ts";

interface OrderFormProps {
  readonly productId: string;
  readonly idempotencyKey: string;
}

const example = {
  quantity: "1",
  name: "Ada Lovelace",
  email: "ada@example.com",
  address: "12 St James's Square, London",
  paymentToken: "tok_ok",
};

/** Orders a product by a server action. Without JavaScript it works, too. */
export function OrderForm({ productId, idempotencyKey }: OrderFormProps) {
  const first = { idempotencyKey, values: example, faults: {}, problem: "" };
  const [{ values, faults, problem }, order, isPending] = useActionState(placeOrder, first);
  const field = (name: string) => ({ name, defaultValue: values[name], fault: faults[name] });
  return (
    <form className="order" action={order}>
      <input type="hidden" name="productId" value={productId} />
      <Field label="Quantity" type="number" {...field("quantity")} />
      <Field label="Name" {...field("name")} />
      <Field label="Email" {...field("email")} />
      <Field label="Address" {...field("address")} />
      <label>
        Card
        <select key={values.paymentToken} name="paymentToken" defaultValue={values.paymentToken}>
          <option value="tok_ok">one that pays</option>
          <option value="tok_slow">one that takes a while</option>
          <option value="tok_declined">one that is declined</option>
        </select>
      </label>
      {problem && <p role="alert">{problem}</p>}
      <button className="primary" type="submit" disabled={isPending}>
        {isPending ? "Placing…" : "Place order"}
      </button>
    </form>
  );
}

interface FieldProps extends ComponentProps<"input"> {
  readonly label: string;
  readonly fault: string | undefined;
}

function Field({ label, fault, ...input }: FieldProps) {
  return (
    <label>
      {label}
      <input aria-invalid={fault !== undefined} {...input} />
      {fault && <small>{fault}</small>}
    </label>
  );
}
