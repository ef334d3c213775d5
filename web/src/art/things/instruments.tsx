import { around, type Drawing, overprint, shadow, texture } from "../print.tsx";

const marks = [0, 1, 2, 3, 4, 5, 6];

export const thermometer: Drawing = (press) => {
  const { random, inks } = press;
  const level = random.between(150, 260);
  return (
    <>
      {shadow(press, 200)}
      <rect x="116" y="70" width="168" height="330" rx={random.pick([12, 40])} fill={inks.main} />
      {marks.map((mark) => (
        <path key={mark} d={`M230 ${112 + mark * 30}h${mark % 2 ? 22 : 36}`} stroke={inks.paper} strokeWidth="6" />
      ))}
      <rect x="154" y="96" width="44" height="240" rx="22" fill={inks.paper} />
      <circle cx="176" cy="334" r="40" fill={inks.paper} />
      <path d={`M176 334V${level}`} stroke={inks.bright} strokeWidth="20" strokeLinecap="round" />
      <circle cx="176" cy="334" r="26" fill={inks.bright} />
    </>
  );
};

export const clock: Drawing = (press) => {
  const { random, inks } = press;
  const hour = random.between(0, 360);
  const isAlarm = random.chance(0.5);
  return (
    <>
      {shadow(press, 220)}
      {isAlarm && (
        <>
          <circle cx="128" cy="164" r="36" fill={inks.bright} />
          <circle cx="272" cy="164" r="36" fill={inks.bright} />
        </>
      )}
      <path d="M132 370l-22 32M268 370l22 32" stroke={inks.deep} strokeWidth="16" strokeLinecap="round" />
      <circle cx="200" cy="276" r="122" fill={inks.main} />
      <circle cx="200" cy="276" r="94" fill={inks.paper} />
      {around(12).map((angle) => (
        <path key={angle} d="M200 192v14" transform={`rotate(${angle} 200 276)`} stroke={inks.deep} strokeWidth="6" />
      ))}
      <path
        d="M200 276V224"
        transform={`rotate(${hour} 200 276)`}
        stroke={inks.deep}
        strokeWidth="12"
        strokeLinecap="round"
      />
      <path
        d="M200 276V204"
        transform={`rotate(${hour * 12} 200 276)`}
        stroke={inks.bright}
        strokeWidth="8"
        strokeLinecap="round"
      />
      <circle cx="200" cy="276" r="10" fill={inks.deep} />
    </>
  );
};

export const router: Drawing = (press) => {
  const { random, inks } = press;
  const lean = random.between(8, 24);
  return (
    <>
      {shadow(press, 310)}
      {[100, 300].map((x) => (
        <path
          key={x}
          d={`M${x} 300L${x + (x > 200 ? lean : -lean)} 132`}
          stroke={inks.deep}
          strokeWidth="16"
          strokeLinecap="round"
        />
      ))}
      {[34, 62, 90].map((radius) => (
        <path
          key={radius}
          d={`M${200 - radius} ${240 - radius * 0.5}a${radius * 1.2} ${radius * 1.2} 0 0 1 ${radius * 2} 0`}
          fill="none"
          stroke={inks.bright}
          strokeWidth="12"
          strokeLinecap="round"
        />
      ))}
      <rect x="52" y="290" width="296" height="104" rx={random.pick([12, 40])} fill={inks.main} />
      {[104, 144, 184].map((x) => (
        <circle key={x} cx={x} cy="342" r="11" fill={x === 144 ? inks.bright : inks.paper} />
      ))}
      <rect x="236" y="334" width="72" height="16" rx="8" fill={inks.deep} />
    </>
  );
};

export const brick: Drawing = (press) => {
  const { random, inks } = press;
  const face = texture(press, "face", inks.bright, inks.main);
  const round = random.pick([14, 36, 70]);
  return (
    <>
      <defs>{face.defs}</defs>
      {shadow(press, 200)}
      <rect x="118" y="108" width="164" height="290" rx={round} fill={inks.deep} />
      <rect x="106" y="100" width="164" height="290" rx={round} fill={inks.main} />
      <rect x="106" y="250" width="164" height="76" fill={face.fill} />
      <circle cx="188" cy="180" r="40" fill={inks.paper} />
      <circle cx="188" cy="180" r={random.between(14, 26)} fill={inks.bright} />
    </>
  );
};

export const drone: Drawing = (press) => {
  const { random, inks } = press;
  const blade = random.between(54, 66);
  return (
    <>
      {shadow(press, 240)}
      <path d="M104 190L296 310M296 190L104 310" stroke={inks.deep} strokeWidth="18" />
      {[104, 296].flatMap((x) =>
        [182, 302].map((y) => (
          <g key={`${x}-${y}`}>
            <ellipse cx={x} cy={y} rx={blade} ry={blade * 0.34} fill={inks.bright} style={overprint} opacity="0.85" />
            <circle cx={x} cy={y} r="12" fill={inks.deep} />
          </g>
        )),
      )}
      <rect x="146" y="204" width="108" height="96" rx="36" fill={inks.main} />
      <circle cx="200" cy="262" r="26" fill={inks.paper} />
      <circle cx="200" cy="262" r="14" fill={inks.deep} />
    </>
  );
};

export const scale: Drawing = (press) => {
  const { random, inks } = press;
  const turn = random.between(-50, 50);
  return (
    <>
      {shadow(press, 290)}
      <path d="M86 180H314L290 232H110z" fill={inks.bright} />
      <rect x="186" y="226" width="28" height="30" fill={inks.deep} />
      <path d="M110 250H290L330 400H70z" fill={inks.main} />
      <circle cx="200" cy="330" r="58" fill={inks.paper} />
      <path
        d="M200 330V284"
        transform={`rotate(${turn} 200 330)`}
        stroke={inks.bright}
        strokeWidth="9"
        strokeLinecap="round"
      />
      <circle cx="200" cy="330" r="11" fill={inks.deep} />
    </>
  );
};
