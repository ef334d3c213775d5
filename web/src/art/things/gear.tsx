import { around, type Drawing, overprint, shadow, texture } from "../print.tsx";

export const backpack: Drawing = (press) => {
  const { random, inks } = press;
  const pocket = texture(press, "pocket", inks.bright, inks.deep);
  const round = random.pick([40, 84]);
  return (
    <>
      <defs>{pocket.defs}</defs>
      {shadow(press, 240)}
      <path d="M164 120V92a36 30 0 0 1 72 0v28" fill="none" stroke={inks.deep} strokeWidth="14" />
      <rect x="74" y="240" width="252" height="130" rx="40" fill={inks.deep} />
      <rect x="98" y="108" width="204" height="292" rx={round} fill={inks.main} />
      <path d="M98 210Q200 250 302 210V190a82 82 0 0 0 -82 -82H180a82 82 0 0 0 -82 82z" fill={inks.bright} />
      <rect x="124" y="276" width="152" height="96" rx="18" fill={pocket.fill} />
      <rect x="184" y="214" width="32" height="44" rx="6" fill={inks.deep} />
    </>
  );
};

export const roll: Drawing = (press) => {
  const { random, inks } = press;
  const cloth = texture(press, "cloth", inks.bright, inks.main);
  const wide = random.between(200, 250);
  return (
    <>
      <defs>{cloth.defs}</defs>
      {shadow(press, 320)}
      <path d={`M80 300H${80 + wide}a50 50 0 0 1 0 100H80z`} fill={cloth.fill} />
      <path d={`M${wide - 20} 300v100M150 300v100`} stroke={inks.deep} strokeWidth="14" />
      <circle cx="84" cy="350" r="50" fill={inks.main} />
      <circle cx="84" cy="350" r="34" fill="none" stroke={inks.paper} strokeWidth="7" />
      <circle cx="84" cy="350" r="16" fill="none" stroke={inks.paper} strokeWidth="7" />
      <path d={`M150 300q${wide / 2 - 60} -90 ${wide - 170} 0`} fill="none" stroke={inks.deep} strokeWidth="10" />
    </>
  );
};

export const helmet: Drawing = (press) => {
  const { random, inks } = press;
  const shell = texture(press, "shell", inks.bright, inks.main);
  return (
    <>
      <defs>{shell.defs}</defs>
      {shadow(press, 260)}
      <path d="M110 320C130 420 230 420 250 320" fill="none" stroke={inks.deep} strokeWidth="10" />
      <path
        d="M60 320C60 190 130 130 210 130S344 200 344 300Q344 320 320 320z"
        fill={random.chance(0.4) ? shell.fill : inks.main}
      />
      <path d="M210 130C176 150 168 230 176 320H120C112 230 140 150 210 130z" fill={inks.bright} />
      <path d="M230 132C270 170 276 240 270 320H312C322 240 300 160 230 132z" fill={inks.deep} />
      <rect x="48" y="308" width="308" height="28" rx="14" fill={inks.deep} />
    </>
  );
};

export const paddle: Drawing = (press) => {
  const { random, inks } = press;
  const blade = texture(press, "blade", inks.bright, inks.main);
  const turn = random.between(18, 40);
  return (
    <>
      <defs>{blade.defs}</defs>
      {[turn, -turn].map((angle) => (
        <g key={angle} transform={`rotate(${angle} 200 260)`}>
          <rect x="191" y="40" width="18" height="300" rx="9" fill={inks.deep} />
          <rect x="172" y="34" width="56" height="22" rx="11" fill={inks.bright} />
          <path
            d="M178 300H222Q246 330 240 400Q230 450 200 450T160 400Q154 330 178 300z"
            fill={angle > 0 ? blade.fill : inks.main}
          />
        </g>
      ))}
    </>
  );
};

export const goggles: Drawing = (press) => {
  const { random, inks } = press;
  const strap = texture(press, "strap", inks.bright, inks.deep);
  const round = random.pick([54, 34]);
  return (
    <>
      <defs>{strap.defs}</defs>
      <path d="M0 200C120 160 280 160 400 200V256C280 216 120 216 0 256z" fill={strap.fill} />
      <rect x="66" y="180" width="268" height="136" rx={round} fill={inks.main} />
      {[88, 208].map((x) => (
        <g key={x}>
          <rect x={x} y="200" width="104" height="96" rx={round - 10} fill={inks.deep} />
          <path d={`M${x + 18} 276L${x + 64} 216`} stroke={inks.wash} strokeWidth="16" strokeLinecap="round" />
        </g>
      ))}
      <path d="M176 316Q200 280 224 316z" fill={inks.paper} />
    </>
  );
};

export const pump: Drawing = (press) => {
  const { random, inks } = press;
  const up = random.between(90, 150);
  return (
    <>
      {shadow(press, 220)}
      <path
        d="M216 330C320 330 320 200 300 150"
        fill="none"
        stroke={inks.bright}
        strokeWidth="12"
        strokeLinecap="round"
      />
      <path d={`M200 ${up}V220`} stroke={inks.deep} strokeWidth="14" />
      <rect x="128" y={up - 20} width="144" height="32" rx="16" fill={inks.deep} />
      <rect x="172" y="210" width="56" height="176" rx="8" fill={inks.main} />
      <circle cx="200" cy="330" r="26" fill={inks.paper} />
      <path d="M200 330l10 -18" stroke={inks.bright} strokeWidth="6" />
      <rect x="112" y="380" width="176" height="22" rx="8" fill={inks.deep} />
    </>
  );
};

export const disc: Drawing = (press) => {
  const { random, inks } = press;
  const face = texture(press, "face", inks.bright, inks.main);
  return (
    <>
      <defs>{face.defs}</defs>
      <g transform={`rotate(${random.between(-24, 24)} 200 260)`}>
        <path d="M20 330H120M40 370H110M30 290H90" stroke={inks.wash} strokeWidth="12" strokeLinecap="round" />
        <ellipse cx="216" cy="276" rx="142" ry="96" fill={inks.deep} opacity="0.25" style={overprint} />
        <ellipse cx="210" cy="260" rx="142" ry="96" fill={inks.main} />
        <ellipse cx="210" cy="252" rx="108" ry="70" fill={face.fill} />
        <ellipse cx="210" cy="250" rx="50" ry="32" fill={inks.paper} />
      </g>
    </>
  );
};

export const tractor: Drawing = (press) => {
  const { random, inks } = press;
  const big = random.between(72, 84);
  return (
    <>
      {shadow(press, 340, 404)}
      <path d="M96 220V150" stroke={inks.deep} strokeWidth="14" />
      <path d="M206 240L222 130H316L330 300H206z" fill={inks.deep} />
      <path d="M226 230L238 152H298L304 230z" fill={inks.paper} />
      <path d="M60 232Q60 216 80 216H220V340H60z" fill={inks.main} />
      <path d="M84 246v58M108 246v58M132 246v58" stroke={inks.bright} strokeWidth="10" />
      <circle cx="272" cy={404 - big} r={big} fill={inks.deep} />
      <circle cx="272" cy={404 - big} r={big * 0.5} fill={inks.bright} />
      {around(6).map((angle) => (
        <circle
          key={angle}
          cx="272"
          cy={404 - big * 1.3}
          r="5"
          fill={inks.deep}
          transform={`rotate(${angle} 272 ${404 - big})`}
        />
      ))}
      <circle cx="104" cy="362" r="42" fill={inks.deep} />
      <circle cx="104" cy="362" r="18" fill={inks.bright} />
    </>
  );
};
