import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

export default defineConfig(({ mode }) => {
  // An empty prefix: the variables of the process, which the runner sets, next to those of .env files.
  const env = loadEnv(mode, ".", "");
  const gateway = env.MESH_GATEWAY_URL || "http://127.0.0.1:4000";
  // The page and its gateway share one origin, as behind a load balancer: the session's cookie is a first-party one.
  const proxy = { "/trpc": gateway, "/healthz": gateway };
  // The runner has looked for a free port and tells it to the browser; another one would not be found.
  const listen = { host: env.HOST || "127.0.0.1", port: Number(env.PORT || 5173), strictPort: true, proxy };
  return { plugins: [react(), tailwindcss()], server: listen, preview: listen, clearScreen: false };
});
