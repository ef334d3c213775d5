import { type Drawing, overprint, shadow, texture } from "../print.tsx";

export const vase: Drawing = (press) => {
  const { random, inks } = press;
  const glaze = texture(press, "glaze", inks.bright, inks.main);
  const neck = random.between(22, 44);
  const belly = random.between(74, 112);
  const foot = random.between(34, 62);
  const top = random.between(190, 226);
  const waist = random.between(280, 330);
  const shape = `M${200 - neck} ${top}C${200 - neck} ${top + 50} ${200 - belly} ${waist - 40} ${200 - belly} ${waist}S${200 - foot} 380 ${200 - foot} 400H${200 + foot}C${200 + foot} 380 ${200 + belly} ${waist + 40} ${200 + belly} ${waist}S${200 + neck} ${top + 50} ${200 + neck} ${top}z`;
  const stems = Array.from({ length: random.whole(2, 4) }, () => ({
    x: random.between(110, 290),
    y: random.between(70, 140),
    r: random.between(18, 34),
  }));
  return (
    <>
      <defs>
        {glaze.defs}
        <clipPath id={press.id("vase")}>
          <path d={shape} />
        </clipPath>
      </defs>
      {shadow(press, belly * 2.2)}
      {stems.map(({ x, y, r }) => (
        <g key={x}>
          <path
            d={`M200 ${top + 10}Q${200 + (x - 200) * 0.2} ${y + 50} ${x} ${y}`}
            stroke={inks.deep}
            strokeWidth="6"
            fill="none"
          />
          <circle cx={x} cy={y} r={r} fill={inks.bright} />
          <circle cx={x + 5} cy={y - 4} r={r * 0.5} fill={inks.main} style={overprint} />
        </g>
      ))}
      <path d={shape} fill={inks.main} />
      <g clipPath={`url(#${press.id("vase")})`}>
        <rect x="60" y={waist - random.between(20, 46)} width="280" height={random.between(50, 84)} fill={glaze.fill} />
        <rect
          x={200 + belly * 0.35}
          y={top}
          width={belly}
          height="220"
          fill={inks.deep}
          opacity="0.35"
          style={overprint}
        />
      </g>
    </>
  );
};

export const lamp: Drawing = (press) => {
  const { random, inks } = press;
  const width = random.between(84, 116);
  const top = random.between(40, 66);
  const shade = random.pick([
    `M${200 - width} 210Q${200 - width} 104 200 104T${200 + width} 210z`,
    `M${200 - width} 210L${200 - top} 104H${200 + top}L${200 + width} 210z`,
  ]);
  const base = random.between(50, 84);
  return (
    <>
      <clipPath id={press.id("shade")}>
        <path d={shade} />
      </clipPath>
      <path
        d={`M${200 - width} 210L${200 - width - 60} 420H${200 + width + 60}L${200 + width} 210z`}
        fill={inks.bright}
        opacity="0.5"
        style={overprint}
      />
      <rect x="194" y="200" width="12" height="196" fill={inks.deep} />
      <path d={`M${200 - base} 402q0 -26 ${base} -26t${base} 26z`} fill={inks.deep} />
      <path d={shade} fill={inks.main} />
      <rect
        x="230"
        y="100"
        width="120"
        height="110"
        fill={inks.deep}
        opacity="0.35"
        style={overprint}
        clipPath={`url(#${press.id("shade")})`}
      />
      <path d={`M${200 + width * 0.5} 210v46`} stroke={inks.deep} strokeWidth="4" />
      <circle cx={200 + width * 0.5} cy="262" r="8" fill={inks.deep} />
    </>
  );
};

export const chair: Drawing = (press) => {
  const { random, inks } = press;
  const cloth = texture(press, "cloth", inks.bright, inks.main);
  const round = random.pick([16, 60, 90]);
  return (
    <>
      <defs>{cloth.defs}</defs>
      {shadow(press, 280)}
      <path d="M122 350l-20 50M278 350l20 50" stroke={inks.deep} strokeWidth="12" />
      <rect x="100" y={random.between(120, 156)} width="200" height="230" rx={round} fill={inks.main} />
      <rect x="118" y="276" width="164" height="64" rx="20" fill={cloth.fill} />
      <rect x="76" y="236" width="46" height="124" rx="22" fill={inks.deep} />
      <rect x="278" y="236" width="46" height="124" rx="22" fill={inks.deep} />
      <rect x="104" y="328" width="192" height="32" rx="12" fill={inks.deep} />
    </>
  );
};

export const kettle: Drawing = (press) => {
  const { random, inks } = press;
  const glaze = texture(press, "glaze", inks.bright);
  const width = random.between(90, 112);
  const body = `M${200 - width * 0.7} 226H${200 + width * 0.7}C${200 + width * 1.1} 300 ${200 + width} 400 ${200 + width} 400H${200 - width}C${200 - width} 400 ${200 - width * 1.1} 300 ${200 - width * 0.7} 226z`;
  return (
    <>
      <defs>{glaze.defs}</defs>
      {shadow(press, width * 2.4)}
      <path
        d={`M${200 - width * 0.6} 232V190a${width * 0.6} ${width * 0.6} 0 0 1 ${width * 1.2} 0v42`}
        fill="none"
        stroke={inks.deep}
        strokeWidth="16"
      />
      <path d={`M${200 + width * 0.8} 330L${200 + width * 1.55} 236h-34L${200 + width * 0.6} 290z`} fill={inks.main} />
      <path d={body} fill={inks.main} />
      <path d={body} fill={glaze.fill} opacity="0.6" style={overprint} />
      <rect x={200 - width * 0.76} y="216" width={width * 1.52} height="18" rx="9" fill={inks.deep} />
      <circle cx="200" cy="204" r="14" fill={inks.bright} />
    </>
  );
};
