/** Returns the middle value, or the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = sorted.length / 2;
  return (sorted[Math.ceil(at) - 1] + sorted[Math.floor(at)]) / 2;
}
