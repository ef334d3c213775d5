import { type Drawing, overprint, type Press, shadow, texture } from "../print.tsx";

function spine({ random, inks }: Press, x: number, y: number, width: number, height: number, ink: string) {
  const bands = random.whole(1, 3);
  const upright = height > width;
  const length = upright ? height : width;
  return (
    <g key={`${x}-${y}`}>
      <rect x={x} y={y} width={width} height={height} rx="3" fill={ink} />
      {Array.from({ length: bands }, (_, band) => {
        const at = length * (0.12 + band * 0.09);
        const place = upright ? { x, y: y + at, width, height: 7 } : { x: x + at, y, width: 7, height };
        return <rect key={at} {...place} fill={inks.paper} opacity="0.85" />;
      })}
    </g>
  );
}

export const stack: Drawing = (press) => {
  const { random, inks } = press;
  const colours = [inks.deep, inks.main, inks.bright, inks.deep, inks.main];
  let top = 400;
  const spines = colours.slice(0, random.whole(3, 5)).map((ink) => {
    const height = random.between(34, 56);
    const width = random.between(170, 265);
    top -= height;
    return spine(press, 200 - width / 2 + random.between(-18, 18), top, width, height, ink);
  });
  const ball = random.between(26, 44);
  return (
    <>
      {shadow(press, 290)}
      {spines}
      <circle cx={random.between(160, 240)} cy={top - ball} r={ball} fill={inks.bright} />
      <path
        d={`M${random.between(180, 215)} ${top - ball * 2}q4 -22 24 -26`}
        stroke={inks.deep}
        strokeWidth="6"
        fill="none"
      />
    </>
  );
};

export const shelf: Drawing = (press) => {
  const { random, inks } = press;
  const pattern = texture(press, "spine", inks.bright, inks.deep);
  const colours = [inks.main, pattern.fill, inks.bright, inks.deep, inks.main];
  let x = random.between(44, 60);
  const spines = colours.slice(0, random.whole(3, 5)).map((ink) => {
    const width = random.between(34, 52);
    const height = random.between(180, 290);
    const drawn = spine(press, x, 400 - height, width, height, ink);
    x += width + 3;
    return drawn;
  });
  return (
    <>
      <defs>{pattern.defs}</defs>
      {spines}
      <g transform={`rotate(${random.between(8, 13)} ${x + 10} 400)`}>
        {spine(press, x + 10, 214, 40, 186, inks.deep)}
      </g>
      <rect x="30" y="400" width="340" height="16" fill={inks.deep} />
    </>
  );
};

export const front: Drawing = (press) => {
  const { random, inks } = press;
  const pattern = texture(press, "jacket", inks.bright);
  const turn = random.between(-7, 7);
  const radius = random.between(48, 78);
  const low = random.chance(0.5);
  return (
    <>
      <defs>{pattern.defs}</defs>
      <g transform={`rotate(${turn} 200 250)`}>
        <rect x="102" y="108" width="216" height="300" fill={inks.deep} opacity="0.25" style={overprint} />
        <rect x="92" y="96" width="216" height="300" rx="4" fill={inks.main} />
        <rect x="92" y="96" width="216" height="300" rx="4" fill={pattern.fill} opacity="0.5" style={overprint} />
        <circle cx="206" cy={low ? 292 : 200} r={radius} fill={inks.paper} />
        <circle cx="214" cy={low ? 284 : 192} r={radius * 0.72} fill={inks.bright} style={overprint} />
        <rect x="92" y="96" width="22" height="300" fill={inks.deep} />
        <rect x="136" y={low ? 130 : 326} width="130" height="13" fill={inks.paper} />
        <rect x="136" y={low ? 154 : 350} width="84" height="13" fill={inks.paper} />
      </g>
    </>
  );
};
