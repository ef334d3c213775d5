import { around, type Drawing, overprint, shadow, texture } from "../print.tsx";

export const drum: Drawing = (press) => {
  const { random, inks } = press;
  const side = texture(press, "side", inks.bright, inks.main);
  const top = random.between(216, 246);
  return (
    <>
      <defs>{side.defs}</defs>
      {shadow(press, 280, 404)}
      <path d={`M88 ${top}V360Q88 404 200 404T312 360V${top}z`} fill={side.fill} />
      <path d={`M88 ${top}V${top + 26}Q88 ${top + 66} 200 ${top + 66}T312 ${top + 26}V${top}z`} fill={inks.deep} />
      <ellipse cx="200" cy={top} rx="112" ry="40" fill={inks.paper} stroke={inks.deep} strokeWidth="10" />
      <path
        d={`M110 90L214 ${top - 14}M300 96L190 ${top - 4}`}
        stroke={inks.bright}
        strokeWidth="12"
        strokeLinecap="round"
      />
      <circle cx="214" cy={top - 14} r="16" fill={inks.deep} />
      <circle cx="190" cy={top - 4} r="16" fill={inks.deep} />
    </>
  );
};

export const kite: Drawing = (press) => {
  const { random, inks } = press;
  const cloth = texture(press, "cloth", inks.bright, inks.main);
  const sway = random.between(20, 60);
  return (
    <>
      <defs>{cloth.defs}</defs>
      <path
        d={`M200 320C${200 + sway} 360 ${200 - sway} 400 ${200 + sway * 0.5} 470`}
        fill="none"
        stroke={inks.deep}
        strokeWidth="6"
      />
      {[362, 408].map((y) => (
        <path key={y} d={`M${200 + (y > 380 ? -10 : 12)} ${y}l-28 -16v32zl28 -16v32z`} fill={inks.bright} />
      ))}
      <g transform={`rotate(${random.between(-16, 16)} 200 200)`}>
        <path d="M200 60L300 180L200 330L100 180z" fill={inks.main} />
        <path d="M200 60L300 180H200z" fill={cloth.fill} />
        <path d="M100 180H200V330z" fill={inks.deep} />
        <path d="M200 60V330M100 180H300" stroke={inks.paper} strokeWidth="5" />
      </g>
    </>
  );
};

export const top: Drawing = (press) => {
  const { random, inks } = press;
  const band = texture(press, "band", inks.bright, inks.deep);
  return (
    <>
      <defs>{band.defs}</defs>
      {shadow(press, 120, 408)}
      <g transform={`rotate(${random.between(-16, 16)} 200 408)`}>
        <rect x="190" y="110" width="20" height="90" rx="10" fill={inks.deep} />
        <path d="M78 236H322Q310 320 200 408Q90 320 78 236z" fill={inks.main} />
        <path d="M86 264H314Q304 300 282 328H118Q96 300 86 264z" fill={band.fill} />
        <path d="M78 240Q78 186 200 186T322 240z" fill={inks.bright} />
      </g>
    </>
  );
};

const bars = [0, 1, 2, 3, 4, 5];

export const xylophone: Drawing = (press) => {
  const { random, inks } = press;
  const colours = [inks.main, inks.bright, inks.deep];
  return (
    <g transform={`rotate(${random.between(-10, 10)} 200 270)`}>
      <path d="M60 160L340 220M60 390L340 330" stroke={inks.deep} strokeWidth="14" />
      {bars.map((bar) => (
        <rect
          key={bar}
          x={62 + bar * 48}
          y={136 + bar * 16}
          width="38"
          height={278 - bar * 32}
          rx="12"
          fill={colours[bar % 3]}
        />
      ))}
      <path d={`M330 90L${random.between(180, 240)} 200`} stroke={inks.deep} strokeWidth="9" />
      <circle cx="330" cy="90" r="20" fill={inks.bright} />
    </g>
  );
};

export const marbles: Drawing = (press) => {
  const { random, inks } = press;
  const colours = [inks.main, inks.bright, inks.deep];
  const places = [
    [126, 330, 66],
    [262, 326, 78],
    [192, 220, 54],
    [310, 214, 34],
    [92, 228, 30],
  ] as const;
  return (
    <>
      {places.map(([x, y, r], i) => (
        <g key={x} transform={`rotate(${random.between(0, 180)} ${x} ${y})`}>
          <circle cx={x} cy={y} r={r} fill={colours[i % 3]} />
          <path
            d={`M${x - r} ${y}Q${x} ${y - r} ${x + r} ${y}Q${x} ${y + r * 0.2} ${x - r} ${y}z`}
            fill={inks.paper}
            opacity="0.55"
          />
          <circle cx={x} cy={y} r={r * 0.3} fill={inks.deep} style={overprint} opacity="0.4" />
        </g>
      ))}
    </>
  );
};

export const dino: Drawing = (press) => {
  const { random, inks } = press;
  const skin = texture(press, "skin", inks.deep, inks.main);
  const spikes = around(16).slice(9, 16);
  return (
    <>
      <defs>{skin.defs}</defs>
      {shadow(press, 300, 404)}
      {spikes.map((angle) => (
        <path key={angle} d="M170 176l30 -52l30 52z" transform={`rotate(${angle + 67} 212 300)`} fill={inks.bright} />
      ))}
      <path d="M300 330Q360 330 384 260Q384 390 290 392z" fill={inks.main} />
      <path
        d="M92 400V330C92 220 150 180 212 180S332 230 332 330V400H282V360H150V400z"
        fill={random.chance(0.5) ? skin.fill : inks.main}
      />
      <path d="M140 320V200Q140 120 76 120Q24 120 24 156Q24 186 66 186Q84 190 84 220V330z" fill={inks.main} />
      <circle cx="76" cy="146" r="8" fill={inks.deep} />
      <path d="M28 164q20 8 36 2" fill="none" stroke={inks.deep} strokeWidth="5" />
    </>
  );
};
