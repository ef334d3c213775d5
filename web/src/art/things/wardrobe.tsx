import { type Drawing, overprint, texture } from "../print.tsx";

const legs =
  (hem: number): Drawing =>
  (press) => {
    const { random, inks } = press;
    const cloth = texture(press, "cloth", inks.bright, inks.main);
    const flare = random.between(-8, 20);
    const cut = `M120 84H280L${300 + flare} ${hem}H${222 - flare / 2}L200 196L${178 + flare / 2} ${hem}H${100 - flare}z`;
    return (
      <>
        <defs>{cloth.defs}</defs>
        <path d={cut} fill={inks.deep} opacity="0.22" style={overprint} transform="translate(12 10)" />
        <path d={cut} fill={cloth.fill} />
        <path d="M118 84H282L284 118H116z" fill={inks.deep} />
        <path d="M200 118V190M140 118q0 40 -26 46M260 118q0 40 26 46" fill="none" stroke={inks.deep} strokeWidth="6" />
        <circle cx="200" cy="101" r="8" fill={inks.paper} />
      </>
    );
  };

export const trousers = legs(430);
export const shorts = legs(280);

export const scarf: Drawing = (press) => {
  const { random, inks } = press;
  const knit = texture(press, "knit", inks.bright, inks.main);
  const long = random.between(370, 430);
  return (
    <>
      <defs>{knit.defs}</defs>
      <path d={`M206 200L264 190L292 ${long - 40}H222z`} fill={inks.deep} />
      <path d="M96 150C96 90 304 90 304 150C304 230 96 230 96 150z" fill={inks.main} />
      <path d="M136 146C136 118 264 118 264 146C264 176 136 176 136 146z" fill={inks.deep} />
      <path d={`M150 190L226 200L206 ${long}H126z`} fill={knit.fill} />
      <path d={`M130 ${long}v26M150 ${long}v26M170 ${long}v26M190 ${long}v26`} stroke={inks.bright} strokeWidth="7" />
    </>
  );
};

export const mitten: Drawing = (press) => {
  const { random, inks } = press;
  const knit = texture(press, "knit", inks.bright, inks.main);
  const shape = "M30 330V150Q30 60 100 60T170 150V190L196 168Q222 152 236 176Q244 194 226 212L170 280V330z";
  const turn = random.between(-6, 6);
  return (
    <>
      <defs>{knit.defs}</defs>
      <g transform={`translate(20 40) rotate(${turn} 100 200) scale(0.86)`}>
        <path d={shape} fill={inks.deep} />
        <rect x="22" y="318" width="156" height="60" rx="12" fill={inks.bright} />
      </g>
      <g transform={`translate(140 90) rotate(${-turn + 8} 100 200) scale(0.94)`}>
        <path d={shape} fill={knit.fill} />
        <rect x="22" y="318" width="156" height="60" rx="12" fill={inks.deep} />
      </g>
    </>
  );
};

export const belt: Drawing = (press) => {
  const { random, inks } = press;
  const turn = random.between(-14, 14);
  return (
    <g transform={`rotate(${turn} 200 260)`}>
      <circle cx="200" cy="280" r="104" fill="none" stroke={inks.main} strokeWidth="46" />
      <circle cx="200" cy="280" r="104" fill="none" stroke={inks.bright} strokeWidth="5" strokeDasharray="14 10" />
      <path d="M200 160H350Q366 176 350 192H200z" fill={inks.main} />
      <rect x="160" y="142" width="76" height="68" rx="12" fill="none" stroke={inks.deep} strokeWidth="14" />
      <path d="M164 176H226" stroke={inks.bright} strokeWidth="10" />
      {[270, 298, 326].map((x) => (
        <circle key={x} cx={x} cy="176" r="6" fill={inks.deep} />
      ))}
    </g>
  );
};
