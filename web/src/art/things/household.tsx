import { type Drawing, overprint, shadow, texture } from "../print.tsx";

export const mug: Drawing = (press) => {
  const { random, inks } = press;
  const glaze = texture(press, "glaze", inks.bright, inks.main);
  const top = random.between(210, 244);
  const steam = random.chance(0.6);
  return (
    <>
      <defs>{glaze.defs}</defs>
      {shadow(press, 210)}
      {steam && (
        <path
          d={`M176 ${top - 30}q-20 -26 0 -50t0 -46M226 ${top - 30}q-20 -26 0 -50t0 -46`}
          fill="none"
          stroke={inks.deep}
          strokeWidth="6"
          opacity="0.35"
          strokeLinecap="round"
        />
      )}
      <path d={`M276 ${top + 40}h22q38 0 38 44t-38 44h-26`} fill="none" stroke={inks.deep} strokeWidth="20" />
      <path d={`M112 ${top}H288V360q0 40 -40 40H152q-40 0 -40 -40z`} fill={inks.main} />
      <rect x="112" y={top + 48} width="176" height={random.between(44, 72)} fill={glaze.fill} />
      <rect x="112" y={top} width="176" height="14" fill={inks.deep} />
    </>
  );
};

export const board: Drawing = (press) => {
  const { random, inks } = press;
  const grain = texture(press, "grain", inks.bright, inks.main);
  const turn = random.between(-16, 16);
  return (
    <>
      <defs>{grain.defs}</defs>
      <g transform={`rotate(${turn} 200 260)`}>
        <path
          d="M178 70h44q14 0 14 14v70h38q26 0 26 26v200q0 26 -26 26H126q-26 0 -26 -26V180q0 -26 26 -26h38V84q0 -14 14 -14z"
          fill={inks.deep}
          opacity="0.22"
          style={overprint}
          transform="translate(10 12)"
        />
        <path
          d="M178 70h44q14 0 14 14v70h38q26 0 26 26v200q0 26 -26 26H126q-26 0 -26 -26V180q0 -26 26 -26h38V84q0 -14 14 -14z"
          fill={inks.main}
        />
        <rect x="100" y={random.between(200, 250)} width="200" height={random.between(60, 120)} fill={grain.fill} />
        <circle cx="200" cy="104" r="14" fill={inks.paper} />
      </g>
    </>
  );
};

export const candle: Drawing = (press) => {
  const { random, inks } = press;
  const sticks = random.pick([[200], [140, 260], [120, 200, 280]]);
  return (
    <>
      {shadow(press, 90 + sticks.length * 80)}
      {sticks.map((x) => {
        const top = random.between(150, 220);
        return (
          <g key={x}>
            <path d={`M${x} ${top - 54}q26 36 0 50q-26 -14 0 -50z`} fill={inks.bright} />
            <rect
              x={x - 13}
              y={top}
              width="26"
              height={330 - top}
              fill={inks.paper}
              stroke={inks.deep}
              strokeWidth="5"
            />
            <rect x={x - 24} y="318" width="48" height="18" rx="6" fill={inks.main} />
            <rect x={x - 8} y="330" width="16" height="54" fill={inks.main} />
            <path d={`M${x - 40} 402q0 -24 40 -24t40 24z`} fill={inks.main} />
          </g>
        );
      })}
    </>
  );
};

export const folded: Drawing = (press) => {
  const { random, inks } = press;
  const woven = texture(press, "woven", inks.bright, inks.main);
  const layers = [inks.deep, woven.fill, inks.bright, inks.main].slice(0, random.whole(3, 4));
  return (
    <>
      <defs>{woven.defs}</defs>
      {shadow(press, 280)}
      {layers.map((ink, layer) => {
        const width = random.between(220, 256);
        const y = 400 - (layer + 1) * 62;
        return (
          <g key={ink}>
            <rect x={200 - width / 2} y={y} width={width} height="58" rx="26" fill={ink} />
            <path
              d={`M${200 - width / 2 + 20} ${y + 30}H${200 + width / 2 - 2}`}
              stroke={inks.paper}
              strokeWidth="4"
              opacity="0.6"
            />
          </g>
        );
      })}
    </>
  );
};

export const cushion: Drawing = (press) => {
  const { random, inks } = press;
  const cloth = texture(press, "cloth", inks.bright, inks.main);
  const shape = "M84 170Q200 196 316 170Q290 286 316 402Q200 376 84 402Q110 286 84 170z";
  const turn = random.between(-12, 12);
  return (
    <>
      <defs>{cloth.defs}</defs>
      <g transform={`rotate(${turn} 200 286)`}>
        <path d={shape} fill={inks.deep} opacity="0.22" style={overprint} transform="translate(10 12)" />
        <path d={shape} fill={cloth.fill} stroke={inks.deep} strokeWidth="9" strokeLinejoin="round" />
        <circle cx="200" cy="286" r="15" fill={inks.deep} />
      </g>
    </>
  );
};

export const mirror: Drawing = (press) => {
  const { random, inks } = press;
  const round = random.pick([100, 20, 60]);
  return (
    <>
      <rect x="112" y="82" width="196" height="300" rx={round} fill={inks.deep} opacity="0.22" style={overprint} />
      <rect x="100" y="72" width="200" height="300" rx={round} fill={inks.main} />
      <rect x="120" y="92" width="160" height="260" rx={Math.max(round - 20, 6)} fill={inks.wash} />
      <path d="M140 250L262 128M140 300L270 170" stroke={inks.paper} strokeWidth="16" strokeLinecap="round" />
      <rect x="60" y="392" width="280" height="18" fill={inks.deep} />
      <rect x={random.pick([84, 270])} y="340" width="46" height="52" rx="8" fill={inks.bright} />
    </>
  );
};
