// Preloaded into each app. Ends the process a while after the process that started it, if it has not ended by itself: Vite
// does not notice, and the keeper may be gone, too.
/** The time that the process has to end by itself. */
const graceMs = 3_000;

process.once("disconnect", () => setTimeout(() => process.exit(1), graceMs).unref());
// The listener must not keep a process running that has nothing else to do, such as a seed program.
process.channel?.unref();
