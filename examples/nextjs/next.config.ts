import type { NextConfig } from "next";

// Pages are a static shell, and what depends on the request or is not cached streams into it.
const config: NextConfig = { cacheComponents: true, partialPrefetching: true };

export default config;
