import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv, type ProxyOptions } from "vite";

export default defineConfig(({ mode }) => {
  // The empty prefix includes the variables of the process, which the runner sets.
  const env = loadEnv(mode, ".", "");
  const gateway = env.MESH_GATEWAY_URL || "http://127.0.0.1:4000";
  // The page and its gateway share one origin, as behind a load balancer, so the session's cookie is a first-party cookie.
  const proxy = { "/trpc": proxyTo(gateway), "/healthz": proxyTo(gateway) };
  // The runner has chosen a free port and prints it, so no other port may be used.
  const listen = { host: env.HOST || "127.0.0.1", port: Number(env.PORT || 5173), strictPort: true, proxy };
  return { plugins: [react(), tailwindcss()], server: listen, preview: listen, clearScreen: false };
});

/** Forwards requests. A stream ends when the gateway is lost, so that the page notices; the proxy alone would keep it open. */
function proxyTo(target: string): ProxyOptions {
  return {
    target,
    configure(proxy) {
      proxy.on("proxyRes", (from, _request, to) => from.once("close", () => from.complete || to.destroy()));
    },
  };
}
