import { defineService, type EventDefinition } from "@mesh/contracts";
import { ProductChanged } from "@mesh/contracts/catalog/v1";
import { OrderCancelled, OrderConfirmed } from "@mesh/contracts/orders/v1";
import { PaymentAuthorized, PaymentRefunded } from "@mesh/contracts/payments/v1";
import { on, service, start, type Transaction } from "@mesh/service";
import * as schema from "./schema.ts";

type Context = { readonly tx: Transaction<typeof schema>; readonly subject: string; readonly key: string };

/** Writes an entry for each event, also for one that was handled before: only the inbox prevents a second entry. */
function record<T, I>(event: EventDefinition<T, I>, versionOf: (event: T) => bigint | undefined = () => undefined) {
  return on(event, async (message, { tx, subject, key }: Context) => {
    await tx.insert(schema.entries).values({ subject, key, version: versionOf(message) ?? null });
  });
}

/** A service without methods. Its handlers are not idempotent, unlike those of the shop. */
const Ledger = defineService<{ context: unknown; handlers: object; client: object; procedures: object }>(
  "ledger.v1.LedgerService",
  { name: "ledger", slug: "ledger" },
  {},
);

const ledger = service(
  Ledger,
  {
    store: { schema, migrations: new URL("../migrations", import.meta.url) },
    consumers: [
      record(PaymentAuthorized),
      record(PaymentRefunded),
      record(OrderConfirmed),
      record(OrderCancelled),
      record(ProductChanged, ({ product }) => product?.revision),
    ],
  },
  {},
);

await start(ledger);
