import { type Drawing, overprint, shadow, texture } from "../print.tsx";

export const ball: Drawing = (press) => {
  const { random, inks } = press;
  const turn = random.between(0, 180);
  const seams = random.pick([
    "M-120 0H120M0 -120V120M-84 -86Q-20 0 -84 86M84 -86Q20 0 84 86",
    "M-84 -86Q10 0 -84 86M84 -86Q-10 0 84 86",
    "M0 -120Q60 0 0 120M0 -120Q-60 0 0 120M-120 0H120",
  ]);
  return (
    <>
      {shadow(press, 230)}
      <circle cx="200" cy="278" r="120" fill={inks.main} />
      <path d="M200 158a120 120 0 0 1 0 240q70 -120 0 -240z" fill={inks.bright} style={overprint} opacity="0.7" />
      <path d={seams} transform={`translate(200 278) rotate(${turn})`} fill="none" stroke={inks.deep} strokeWidth="9" />
    </>
  );
};

export const kettlebell: Drawing = (press) => {
  const { random, inks } = press;
  const grip = random.between(62, 78);
  const plate = texture(press, "plate", inks.bright, inks.deep);
  return (
    <>
      <defs>{plate.defs}</defs>
      {shadow(press, 230)}
      <path
        d={`M${200 - grip} 262L${200 - grip + 12} 160q2 -34 36 -34h${grip * 2 - 96}q34 0 36 34L${200 + grip} 262`}
        fill="none"
        stroke={inks.deep}
        strokeWidth="32"
      />
      <path d="M104 312a96 96 0 0 1 192 0q0 60 -40 88H144q-40 -28 -40 -88z" fill={inks.main} />
      <path d="M200 216a96 96 0 0 1 96 96q0 60 -40 88h-56z" fill={inks.deep} opacity="0.35" style={overprint} />
      <circle cx="200" cy="316" r="46" fill={inks.paper} />
      <circle cx="200" cy="316" r="36" fill={plate.fill} />
    </>
  );
};

export const racket: Drawing = (press) => {
  const { random, inks } = press;
  const wide = random.between(74, 92);
  const turn = random.pick([-32, 28, 38]);
  const strings = Array.from({ length: 7 }, (_, i) => (i - 3) * (wide / 3.6));
  return (
    <>
      <defs>
        <clipPath id={press.id("head")}>
          <ellipse cx="200" cy="176" rx={wide} ry="108" />
        </clipPath>
      </defs>
      <g transform={`rotate(${turn} 200 260)`}>
        <path d="M182 300L200 276L218 300L208 330H192z" fill={inks.main} />
        <rect x="188" y="318" width="24" height="130" rx="10" fill={inks.deep} />
        <g clipPath={`url(#${press.id("head")})`} stroke={inks.deep} strokeWidth="4" opacity="0.7">
          {strings.map((at) => (
            <path key={at} d={`M${200 + at} 60V300M80 ${176 + at * 1.2}H320`} />
          ))}
        </g>
        <ellipse cx="200" cy="176" rx={wide} ry="108" fill="none" stroke={inks.main} strokeWidth="20" />
      </g>
      <circle cx={turn > 0 ? 110 : 290} cy="380" r="40" fill={inks.bright} />
      <path d={`M${turn > 0 ? 76 : 256} 360q34 22 66 4`} fill="none" stroke={inks.paper} strokeWidth="6" />
    </>
  );
};

export const skateboard: Drawing = (press) => {
  const { random, inks } = press;
  const deck = texture(press, "deck", inks.bright, inks.main);
  const turn = random.between(-24, 24);
  return (
    <>
      <defs>{deck.defs}</defs>
      <g transform={`rotate(${turn} 200 250)`}>
        <rect x="148" y="72" width="120" height="372" rx="60" fill={inks.deep} opacity="0.22" style={overprint} />
        {[150, 350].map((y) => (
          <rect key={y} x="114" y={y - 16} width="172" height="32" rx="12" fill={inks.deep} />
        ))}
        <rect x="138" y="62" width="124" height="376" rx="62" fill={inks.main} />
        <rect x="138" y={random.between(130, 170)} width="124" height={random.between(110, 190)} fill={deck.fill} />
        <circle cx="200" cy={random.between(110, 130)} r="22" fill={inks.paper} />
      </g>
    </>
  );
};
