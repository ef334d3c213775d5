// The child side of a process of the benchmark: it does what the parent asks for.

/** The options of the process. */
export const options = JSON.parse(process.argv[2] ?? "{}");

/** Answers each message `[name, argument]` with the result of the action, and ends with the parent. */
export function answer(actions) {
  const respond = async ([name, argument]) => {
    try {
      process.send({ result: await actions[name](argument) });
    } catch (error) {
      process.send({ error: error.stack ?? String(error) });
    }
  };
  process.on("message", respond);
  process.on("disconnect", () => process.exit());
}
