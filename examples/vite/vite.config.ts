import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// A fixed port: the gateway has the origin of this page in CORS_ORIGINS.
const server = { port: 5174, strictPort: true };

export default defineConfig({ plugins: [react()], server, preview: server });
