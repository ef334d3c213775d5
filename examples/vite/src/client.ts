import { createClient } from "@acme/shop-client";

/** Another origin of the same site, so the browser sends the customer's cookie. */
export const gatewayUrl: string = import.meta.env.VITE_GATEWAY_URL ?? "http://localhost:4000";

/** Calls the gateway as the customer of this browser. */
export const client = createClient({ url: `${gatewayUrl}/trpc`, credentials: "include" });
