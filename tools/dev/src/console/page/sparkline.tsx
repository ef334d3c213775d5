const [width, height] = [300, 64];

/** The number of values that fill the width: a minute. */
const slots = 30;

/** The rate over time, as an area. It has no text: the numbers beside it say how much that is. */
export function Sparkline({ values }: { values: readonly number[] }) {
  const most = Math.max(...values, 0.001);
  const shown = values.slice(-slots);
  const x = (index: number) => width - (shown.length - 1 - index) * (width / (slots - 1));
  const points = shown.map((value, index) => `${x(index)},${height - 4 - (value / most) * (height - 12)}`);
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {points.length > 1 && (
        <>
          <polygon points={`${x(0)},${height} ${points.join(" ")} ${width},${height}`} />
          <polyline points={points.join(" ")} />
        </>
      )}
    </svg>
  );
}
