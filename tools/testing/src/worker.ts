// Ends a worker whose run was killed; otherwise, it would continue until its test ends.
process.once("disconnect", () => process.exit());
