/** The gateway, as this server reaches it. */
export const gatewayUrl: string = process.env.GATEWAY_URL ?? "http://localhost:4000";

/** The gateway, as browsers reach it. */
export const publicGatewayUrl: string = process.env.NEXT_PUBLIC_GATEWAY_URL ?? "http://localhost:4000";
