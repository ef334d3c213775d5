/** Each way to limit a value, from below, from above, or to leave out what is between. */
export const ranges = [
  "gt: 5",
  "gte: 5",
  "lt: 5",
  "lte: 5",
  "gt: 2 lt: 5",
  "gt: 2 lte: 5",
  "gte: 2 lt: 5",
  "gte: 2 lte: 5",
  "gt: 5 lt: 2",
  "gt: 5 lte: 2",
  "gte: 5 lt: 2",
  "gte: 5 lte: 2",
  "gt: 5 lt: 5",
  "gte: 5 lte: 5",
];
