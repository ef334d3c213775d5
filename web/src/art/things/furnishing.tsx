import { type Drawing, overprint, shadow, texture } from "../print.tsx";

export const stool: Drawing = (press) => {
  const { random, inks } = press;
  const top = random.between(210, 250);
  const splay = random.between(10, 34);
  return (
    <>
      {shadow(press, 240)}
      <path d={`M150 ${top}L${140 - splay} 402M250 ${top}L${260 + splay} 402`} stroke={inks.deep} strokeWidth="18" />
      <path d={`M${140 - splay * 0.5} 330H${260 + splay * 0.5}`} stroke={inks.bright} strokeWidth="12" />
      <rect x="104" y={top - 20} width="192" height="36" rx={random.pick([6, 18])} fill={inks.main} />
      {random.chance(0.6) && <path d={`M160 ${top - 20}v-60h80v60z`} fill={inks.bright} />}
    </>
  );
};

export const basket: Drawing = (press) => {
  const { random, inks } = press;
  const weave = texture(press, "weave", inks.deep, inks.main);
  const wide = random.between(100, 120);
  return (
    <>
      <defs>{weave.defs}</defs>
      {shadow(press, 250)}
      <path
        d={`M${210 - wide} 250C${210 - wide} 110 ${190 + wide} 110 ${190 + wide} 250`}
        fill="none"
        stroke={inks.deep}
        strokeWidth="16"
      />
      <path d={`M${200 - wide} 246H${200 + wide}L${186 + wide * 0.8} 400H${214 - wide * 0.8}z`} fill={weave.fill} />
      <rect x={190 - wide} y="232" width={wide * 2 + 20} height="30" rx="15" fill={inks.bright} />
    </>
  );
};

export const hooks: Drawing = (press) => {
  const { random, inks } = press;
  const hung = random.pick([100, 200, 300]);
  return (
    <>
      <rect x="50" y="150" width="300" height="44" rx={random.pick([4, 22])} fill={inks.main} />
      {[100, 200, 300].map((x) => (
        <path
          key={x}
          d={`M${x} 172v48q0 24 22 24`}
          fill="none"
          stroke={inks.deep}
          strokeWidth="14"
          strokeLinecap="round"
        />
      ))}
      <path d={`M${hung} 236L${hung - 46} 400H${hung + 46}z`} fill={inks.bright} />
      <path d={`M${hung} 236L${hung + 8} 400H${hung + 46}z`} fill={inks.deep} opacity="0.3" style={overprint} />
    </>
  );
};

export const plates: Drawing = (press) => {
  const { random, inks } = press;
  const rim = texture(press, "rim", inks.bright, inks.main);
  const x = random.between(180, 220);
  return (
    <>
      <defs>{rim.defs}</defs>
      <circle cx={x + 12} cy="272" r="142" fill={inks.deep} opacity="0.22" style={overprint} />
      <circle cx={x} cy="260" r="142" fill={rim.fill} />
      <circle cx={x} cy="260" r="106" fill={inks.paper} />
      <circle cx={x} cy="260" r={random.between(66, 86)} fill={inks.wash} />
      <circle cx={x} cy="260" r={random.between(24, 46)} fill={inks.main} />
    </>
  );
};

const fringe = Array.from({ length: 11 }, (_, i) => 88 + i * 22.4);

export const rug: Drawing = (press) => {
  const { random, inks } = press;
  const woven = texture(press, "woven", inks.bright, inks.main);
  return (
    <>
      <defs>{woven.defs}</defs>
      <g transform={`rotate(${random.between(-12, 12)} 200 260)`}>
        {fringe.map((x) => (
          <path key={x} d={`M${x} 94V426`} stroke={inks.deep} strokeWidth="6" />
        ))}
        <rect x="80" y="112" width="240" height="296" fill={inks.main} />
        <rect x="80" y="146" width="240" height="228" fill={woven.fill} />
        <rect x="118" y="184" width="164" height="152" fill={inks.deep} />
        <path d="M200 196l66 64l-66 64l-66 -64z" fill={inks.bright} />
      </g>
    </>
  );
};

export const curtain: Drawing = (press) => {
  const { random, inks } = press;
  const cloth = texture(press, "cloth", inks.bright, inks.main);
  const tie = random.between(240, 290);
  return (
    <>
      <defs>{cloth.defs}</defs>
      <rect x="110" y="110" width="180" height="240" fill={inks.paper} />
      <circle cx="200" cy={random.between(190, 250)} r="44" fill={inks.bright} />
      <path d="M200 110V350M110 230H290" stroke={inks.deep} strokeWidth="8" />
      <path d={`M56 84H190Q186 ${tie - 40} 96 ${tie}Q124 360 116 420H56z`} fill={cloth.fill} />
      <path d={`M344 84H210Q214 ${tie - 40} 304 ${tie}Q276 360 284 420H344z`} fill={cloth.fill} />
      <path d={`M52 ${tie}h62M286 ${tie}h62`} stroke={inks.deep} strokeWidth="14" />
      <path d="M36 84H364" stroke={inks.deep} strokeWidth="16" strokeLinecap="round" />
    </>
  );
};
