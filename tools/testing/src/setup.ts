// Vitest evaluates a setup file before each test file; a module that it imports is evaluated once per process.
import "./worker.ts";
