/** Returns a function that does the work once, when it was called that often. Its calls end with the work. */
export function whenAllCalled(count: number, work: () => Promise<void>): () => Promise<void> {
  let [missing, start] = [count, () => {}];
  const done = new Promise<void>((resolve) => {
    start = resolve;
  }).then(work);
  return () => {
    missing -= 1;
    if (missing === 0) start();
    return done;
  };
}
