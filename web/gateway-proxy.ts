import type { Plugin, ProxyOptions } from "vite";

/** The forwarding of requests to a gateway. */
export interface GatewayProxy {
  readonly options: ProxyOptions;
  readonly plugin: Plugin;
}

/**
 * Forwards requests to a gateway. A stream ends when the gateway is lost, so that the page notices; Vite alone would keep it
 * open. A lost gateway is reported once, and not with each request, its address and a stack.
 */
export function gatewayProxy(target: string): GatewayProxy {
  let isLost = false;
  return {
    options: {
      target,
      configure(proxy) {
        proxy.on("proxyRes", (from, _request, to) => {
          isLost = false;
          from.once("close", () => from.complete || to.destroy());
        });
      },
    },
    plugin: {
      name: "gateway-proxy",
      configResolved({ logger }) {
        const { error } = logger;
        logger.error = (text, options) => {
          if (!/proxy (socket )?error/.test(text)) return error(text, options);
          if (!isLost) error("the gateway does not respond; the page tries again", options);
          isLost = true;
        };
      },
    },
  };
}
