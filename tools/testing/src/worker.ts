/** A worker whose run was killed would go on until its test ends. */
process.once("disconnect", () => process.exit());
