import { around, type Drawing, overprint, type Press, shadow, texture } from "../print.tsx";

function pot(press: Press, width: number, top: number) {
  const { inks } = press;
  const clay = texture(press, "clay", inks.bright, inks.deep);
  return (
    <>
      <defs>{clay.defs}</defs>
      <path
        d={`M${200 - width} ${top + 20}L${200 - width * 0.72} 402H${200 + width * 0.72}L${200 + width} ${top + 20}z`}
        fill={inks.bright}
      />
      <path
        d={`M${200 - width * 0.9} ${top + 44}L${200 - width * 0.84} ${top + 76}H${200 + width * 0.84}L${200 + width * 0.9} ${top + 44}z`}
        fill={clay.fill}
      />
      <rect x={200 - width - 8} y={top} width={width * 2 + 16} height="28" rx="4" fill={inks.bright} />
      <rect
        x={200 + width * 0.3}
        y={top}
        width={width * 0.7 + 8}
        height="28"
        fill={inks.deep}
        opacity="0.25"
        style={overprint}
      />
    </>
  );
}

const leaf = (length: number, width: number) =>
  `M0 0C${width} ${-length * 0.3} ${width} ${-length * 0.75} 0 ${-length}C${-width} ${-length * 0.75} ${-width} ${-length * 0.3} 0 0z`;

export const plant: Drawing = (press) => {
  const { random, inks } = press;
  const count = random.pick([5, 7, 9]);
  const width = random.between(26, 52);
  const length = random.between(170, 220);
  return (
    <>
      {shadow(press, 190)}
      {Array.from({ length: count }, (_, i) => {
        const turn = (i - (count - 1) / 2) * (140 / count) + random.between(-5, 5);
        const size = length * (1 - Math.abs(turn) / 260);
        return (
          <g key={turn} transform={`translate(200 310) rotate(${turn})`}>
            <path d={leaf(size, width)} fill={i % 2 ? inks.deep : inks.main} style={overprint} />
            <path d={`M0 0V${-size * 0.86}`} stroke={inks.paper} strokeWidth="3" opacity="0.7" />
          </g>
        );
      })}
      {pot(press, random.between(58, 76), 300)}
    </>
  );
};

export const flowers: Drawing = (press) => {
  const { random, inks } = press;
  const stems = [random.between(96, 130), random.between(180, 220), random.between(272, 306)];
  const petals = random.pick([5, 6, 8]);
  const radius = random.between(26, 34);
  return (
    <>
      <path d="M0 420Q100 380 200 412T400 400V500H0z" fill={inks.deep} />
      {stems.map((x, i) => {
        const y = random.between(110, 210) + (i === 1 ? -30 : 20);
        return (
          <g key={x}>
            <path d={`M${x} 420V${y}`} stroke={inks.deep} strokeWidth="8" />
            <path
              d={leaf(84, 26)}
              transform={`translate(${x} ${y + 150}) rotate(${i % 2 ? 52 : -52})`}
              fill={inks.main}
            />
            {around(petals).map((angle) => (
              <ellipse
                key={angle}
                cx={x}
                cy={y - radius}
                rx={radius * 0.62}
                ry={radius}
                transform={`rotate(${angle} ${x} ${y})`}
                fill={i === 1 ? inks.bright : inks.main}
                style={overprint}
              />
            ))}
            <circle cx={x} cy={y} r={radius * 0.55} fill={i === 1 ? inks.deep : inks.bright} />
          </g>
        );
      })}
    </>
  );
};

export const cactus: Drawing = (press) => {
  const { random, inks } = press;
  const height = random.between(190, 240);
  const left = random.between(180, 230);
  const right = random.between(150, 220);
  const spines = texture(press, "spines", inks.deep, inks.main);
  return (
    <>
      <defs>{spines.defs}</defs>
      {shadow(press, 180)}
      <g fill="none" stroke={inks.main} strokeWidth="36" strokeLinecap="round">
        <path d={`M200 ${left + 70}H130V${left}`} strokeLinejoin="round" />
        <path d={`M200 ${right + 90}H270V${right}`} strokeLinejoin="round" />
      </g>
      <rect x="164" y={320 - height} width="72" height={height + 10} rx="36" fill={spines.fill} />
      <circle cx="200" cy={318 - height} r="20" fill={inks.bright} />
      <circle cx="270" cy={right - 20} r="13" fill={inks.bright} />
      {pot(press, random.between(62, 78), 310)}
    </>
  );
};
