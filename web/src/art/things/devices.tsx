import { type Drawing, shadow, texture } from "../print.tsx";

const keyRows = [0, 1, 2, 3];
const keyColumns = [0, 1, 2, 3, 4, 5, 6];

export const keyboard: Drawing = (press) => {
  const { random, inks } = press;
  const bright = random.whole(0, 6);
  return (
    <g transform={`rotate(${random.between(-14, 14)} 200 280)`}>
      {shadow(press, 360, 384)}
      <rect x="40" y="196" width="320" height="180" rx={random.pick([10, 26])} fill={inks.deep} />
      {keyRows.flatMap((row) =>
        keyColumns.map((column) => (
          <rect
            key={`${row}-${column}`}
            x={58 + column * 41}
            y={212 + row * 39}
            width="34"
            height="31"
            rx="6"
            fill={column === bright ? inks.bright : row === 3 ? inks.wash : inks.main}
          />
        )),
      )}
    </g>
  );
};

export const mouse: Drawing = (press) => {
  const { random, inks } = press;
  return (
    <>
      <path
        d={`M200 190C200 90 ${random.between(240, 330)} 130 ${random.between(280, 360)} 0`}
        fill="none"
        stroke={inks.deep}
        strokeWidth="8"
      />
      {shadow(press, 220, 404)}
      <rect x="112" y="176" width="176" height="232" rx="88" fill={inks.main} />
      <path d="M112 264a88 88 0 0 1 88 -88v88z" fill={random.pick([inks.deep, inks.bright])} />
      <path d="M112 268H288M200 180V264" stroke={inks.paper} strokeWidth="6" />
      <rect x="186" y="206" width="28" height="52" rx="14" fill={inks.bright} />
    </>
  );
};

export const charger: Drawing = (press) => {
  const { random, inks } = press;
  const swing = random.between(40, 90);
  return (
    <>
      {shadow(press, 170)}
      <path
        d={`M200 240C200 150 ${200 + swing} 170 ${200 + swing} 120S${200 - swing} 100 ${200 - swing} 30`}
        fill="none"
        stroke={inks.bright}
        strokeWidth="12"
      />
      <rect x="124" y="232" width="152" height="168" rx={random.pick([16, 40])} fill={inks.main} />
      <rect x="180" y="212" width="40" height="30" rx="6" fill={inks.deep} />
      <path d="M212 270l-36 54h24l-12 44l38 -56h-24z" fill={inks.paper} />
    </>
  );
};

export const turntable: Drawing = (press) => {
  const { random, inks } = press;
  const label = texture(press, "label", inks.main, inks.bright);
  const needle = random.between(232, 262);
  return (
    <>
      <defs>{label.defs}</defs>
      {shadow(press, 330)}
      <rect x="48" y="130" width="304" height="264" rx={random.pick([8, 24])} fill={inks.main} />
      <circle cx="176" cy="262" r="112" fill={inks.deep} />
      <g fill="none" stroke={inks.paper} strokeWidth="1.5" opacity="0.45">
        <circle cx="176" cy="262" r="96" />
        <circle cx="176" cy="262" r="82" />
        <circle cx="176" cy="262" r="68" />
      </g>
      <circle cx="176" cy="262" r="42" fill={label.fill} />
      <circle cx="176" cy="262" r="6" fill={inks.deep} />
      <path d={`M316 168V260L${needle} 306`} fill="none" stroke={inks.paper} strokeWidth="9" strokeLinejoin="round" />
      <circle cx="316" cy="168" r="20" fill={inks.bright} />
      <circle cx="316" cy="356" r="14" fill={inks.bright} />
    </>
  );
};

export const monitor: Drawing = (press) => {
  const { random, inks } = press;
  const view = texture(press, "view", inks.bright, inks.main);
  return (
    <>
      <defs>{view.defs}</defs>
      {shadow(press, 210)}
      <path d="M176 320h48l12 64h34v16H130v-16h34z" fill={inks.deep} />
      <rect x="50" y="122" width="300" height="206" rx={random.pick([8, 22])} fill={inks.deep} />
      <rect x="66" y="138" width="268" height="174" fill={inks.wash} />
      <circle cx={random.between(120, 280)} cy="212" r={random.between(28, 50)} fill={inks.bright} />
      <path d={`M66 312L${random.between(120, 170)} 206L240 312z`} fill={inks.main} />
      <path d={`M170 312L${random.between(230, 290)} 236L334 312z`} fill={view.fill} />
    </>
  );
};

export const microphone: Drawing = (press) => {
  const { random, inks } = press;
  const mesh = texture(press, "mesh", inks.bright, inks.main);
  const round = random.pick([62, 40]);
  return (
    <>
      <defs>{mesh.defs}</defs>
      {shadow(press, 190)}
      <path d="M116 208v26a84 84 0 0 0 168 0v-26" fill="none" stroke={inks.deep} strokeWidth="12" />
      <path d="M200 318v70" stroke={inks.deep} strokeWidth="14" />
      <path d="M126 402q0 -22 74 -22t74 22z" fill={inks.deep} />
      <rect x="138" y="82" width="124" height="208" rx={round} fill={inks.main} />
      <rect x="138" y="82" width="124" height="118" rx={round} fill={mesh.fill} />
      <rect x="138" y="194" width="124" height="16" fill={inks.deep} />
      <circle cx="200" cy="244" r="12" fill={inks.paper} />
    </>
  );
};
