import { type Drawing, overprint, shadow, texture } from "../print.tsx";

const handled =
  (head: string): Drawing =>
  (press) => {
    const { random, inks } = press;
    const turn = random.between(-30, 30);
    return (
      <g transform={`rotate(${turn} 200 250)`}>
        <path d={head} fill={inks.main} />
        <rect x="189" y="96" width="22" height="240" fill={inks.bright} />
        <rect x="182" y="290" width="36" height="40" rx="6" fill={inks.deep} />
        {random.chance(0.5) ? (
          <rect x="150" y="60" width="100" height="40" rx="20" fill={inks.deep} />
        ) : (
          <rect x="182" y="48" width="36" height="110" rx="18" fill={inks.deep} />
        )}
      </g>
    );
  };

export const spade = handled("M156 300H244V372Q244 432 200 452Q156 432 156 372z");
export const fork = handled("M152 316H248V436H228V350H212V436H188V350H172V436H152z");
export const rake = handled("M126 330H274V352H264V420H250V352H226V420H212V352H188V420H174V352H150V420H136V352H126z");
export const hoe = handled("M192 310H208V380H268V412H192z");

export const can: Drawing = (press) => {
  const { random, inks } = press;
  const paint = texture(press, "paint", inks.bright, inks.main);
  const drops = [random.between(20, 34), random.between(46, 60), random.between(70, 84)];
  return (
    <>
      <defs>{paint.defs}</defs>
      {shadow(press, 240, 402)}
      <path d="M300 270C380 200 330 120 232 168" fill="none" stroke={inks.deep} strokeWidth="16" />
      <path d="M150 330L64 196l-26 14l30 -60l54 16l-26 12L190 292z" fill={inks.deep} />
      <path d="M136 220H312L324 400H124z" fill={inks.main} />
      <path d="M131 290H317L320 350H128z" fill={paint.fill} />
      <ellipse cx="224" cy="220" rx="88" ry="18" fill={inks.deep} />
      {drops.map((x) => (
        <path key={x} d={`M${x} ${210 + x}q12 18 0 26q-12 -8 0 -26z`} fill={inks.bright} />
      ))}
    </>
  );
};

export const shears: Drawing = (press) => {
  const { random, inks } = press;
  const open = random.between(14, 26);
  const blade = "M186 232L176 80Q196 60 212 84L216 232z";
  const grip = "M190 236Q150 300 168 430Q188 440 196 424Q190 320 216 244z";
  return (
    <>
      {[-1, 1].map((side) => (
        <g key={side} transform={`${side > 0 ? "" : "matrix(-1 0 0 1 400 0) "}rotate(${open} 200 240)`}>
          <path d={blade} fill={side > 0 ? inks.main : inks.deep} />
          <path d={grip} fill={inks.bright} />
        </g>
      ))}
      <circle cx="200" cy="240" r="15" fill={inks.paper} />
    </>
  );
};

const lattice = [0, 1, 2, 3, 4];

export const trellis: Drawing = (press) => {
  const { random, inks } = press;
  return (
    <>
      {shadow(press, 260)}
      <g stroke={inks.deep} strokeWidth="10">
        {lattice.map((i) => (
          <path key={i} d={`M${112 + i * 44} ${i % 2 ? 90 : 110}V402M88 ${140 + i * 56}H312`} />
        ))}
      </g>
      <path d="M120 400C80 320 300 320 260 240S110 210 200 100" fill="none" stroke={inks.main} strokeWidth="9" />
      {lattice.map((i) => {
        const x = [112, 250, 284, 150, 196][i] ?? 200;
        return (
          <g key={i}>
            <circle
              cx={x}
              cy={350 - i * 60}
              r={random.between(16, 30)}
              fill={i % 2 ? inks.main : inks.bright}
              style={overprint}
            />
            <circle cx={x} cy={350 - i * 60} r="8" fill={inks.paper} />
          </g>
        );
      })}
    </>
  );
};

export const house: Drawing = (press) => {
  const { random, inks } = press;
  const roof = texture(press, "roof", inks.bright, inks.deep);
  const hang = random.chance(0.5);
  const hole = random.between(26, 40);
  return (
    <>
      <defs>{roof.defs}</defs>
      {hang ? (
        <path d="M200 0V110" stroke={inks.deep} strokeWidth="7" />
      ) : (
        <path d="M200 380V500" stroke={inks.deep} strokeWidth="26" />
      )}
      <rect x="112" y="200" width="176" height="180" fill={inks.main} />
      <path d="M70 214L200 92L330 214z" fill={roof.fill} />
      <circle cx="200" cy="262" r={hole} fill={inks.deep} />
      <path d="M200 330v26" stroke={inks.deep} strokeWidth="12" strokeLinecap="round" />
      <rect x="92" y="376" width="216" height="22" fill={inks.bright} />
    </>
  );
};

export const coil: Drawing = (press) => {
  const { random, inks } = press;
  const tail = random.between(300, 360);
  return (
    <>
      {shadow(press, 300, 404)}
      <g fill="none" strokeWidth="20">
        <circle cx="200" cy="272" r="112" stroke={inks.main} />
        <circle cx="200" cy="272" r="88" stroke={inks.bright} />
        <circle cx="200" cy="272" r="64" stroke={inks.main} />
        <circle cx="200" cy="272" r="40" stroke={inks.bright} />
        <path d={`M200 160C260 160 ${tail} 150 ${tail} 60`} stroke={inks.main} strokeLinecap="round" />
      </g>
      <rect x={tail - 17} y="34" width="34" height="48" rx="6" fill={inks.deep} />
      <rect x="176" y="142" width="48" height="60" rx="8" fill={inks.deep} />
    </>
  );
};

export const barrow: Drawing = (press) => {
  const { random, inks } = press;
  const heap = random.between(150, 190);
  return (
    <>
      {shadow(press, 300, 404)}
      <path d={`M110 232Q200 ${heap} 290 232z`} fill={inks.bright} />
      <path d="M72 230H330L268 330H132z" fill={inks.main} />
      <path
        d="M30 214L180 330L150 340L128 400M260 330L270 400"
        fill="none"
        stroke={inks.deep}
        strokeWidth="14"
        strokeLinecap="round"
      />
      <circle cx="290" cy="358" r="44" fill={inks.deep} />
      <circle cx="290" cy="358" r="18" fill={inks.paper} />
    </>
  );
};
