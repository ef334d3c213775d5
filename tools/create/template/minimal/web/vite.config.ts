import { defineConfig, loadEnv } from "vite";
import { gatewayProxy } from "./gateway-proxy.ts";

export default defineConfig(({ mode }) => {
  // The empty prefix includes the variables of the process, which the runner sets.
  const env = loadEnv(mode, ".", "");
  const { options, plugin } = gatewayProxy(env.MESH_GATEWAY_URL || "http://127.0.0.1:4000");
  // The page and its gateway share one origin, as behind a load balancer, so the session's cookie is a first-party cookie.
  const gateway = { "/trpc": options, "/auth/": options, "/v1/": options, "/healthz": options };
  // In development the console of the mesh is at the same origin, too.
  const proxy = env.MESH_CONSOLE_URL ? { ...gateway, "/console": env.MESH_CONSOLE_URL } : gateway;
  // The runner has chosen a free port and prints it, so no other port may be used.
  const listen = { host: env.HOST || "127.0.0.1", port: Number(env.PORT || 5173), strictPort: true, proxy };
  // Hidden: no file names the maps, so browsers do not load them, but tools that collect errors can use them.
  const build = { sourcemap: "hidden" } as const;
  return { plugins: [plugin], server: listen, preview: listen, build, clearScreen: false };
});
