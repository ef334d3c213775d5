import { type Drawing, overprint, shadow, texture } from "../print.tsx";

export const radio: Drawing = (press) => {
  const { random, inks } = press;
  const grille = texture(press, "grille", inks.deep, inks.bright);
  const dial = random.between(30, 42);
  const lean = random.between(40, 90);
  return (
    <>
      <defs>{grille.defs}</defs>
      {shadow(press, 310)}
      <path d={`M300 220l${lean} -130`} stroke={inks.deep} strokeWidth="6" />
      <circle cx={300 + lean} cy="90" r="9" fill={inks.main} />
      <rect x="62" y="210" width="276" height="180" rx={random.pick([8, 26, 44])} fill={inks.main} />
      <circle cx="150" cy="300" r="66" fill={grille.fill} />
      <rect x="236" y="238" width="78" height="34" rx="4" fill={inks.paper} />
      <path d={`M${random.between(246, 302)} 238v34`} stroke={inks.bright} strokeWidth="5" />
      <circle cx="275" cy="328" r={dial} fill={inks.deep} />
      <path d={`M275 328l${dial * 0.6} ${-dial * 0.6}`} stroke={inks.paper} strokeWidth="6" strokeLinecap="round" />
      <rect x="92" y="388" width="26" height="14" fill={inks.deep} />
      <rect x="282" y="388" width="26" height="14" fill={inks.deep} />
    </>
  );
};

export const headphones: Drawing = (press) => {
  const { random, inks } = press;
  const width = random.between(96, 116);
  const cup = random.pick([18, 34]);
  const pad = texture(press, "pad", inks.bright, inks.main);
  return (
    <>
      <defs>{pad.defs}</defs>
      <path
        d={`M${200 - width} 300V250a${width} ${width} 0 0 1 ${width * 2} 0v50`}
        fill="none"
        stroke={inks.deep}
        strokeWidth="24"
      />
      <path
        d={`M${200 - width + 8} 240a${width - 8} ${width - 8} 0 0 1 ${width * 2 - 16} 0`}
        fill="none"
        stroke={inks.bright}
        strokeWidth="10"
        style={overprint}
      />
      {[200 - width, 200 + width].map((x) => (
        <g key={x}>
          <rect x={x - 42} y="262" width="84" height="130" rx={cup} fill={pad.fill} />
          <rect x={x - 18} y="282" width="36" height="90" rx={cup / 2} fill={inks.deep} />
        </g>
      ))}
    </>
  );
};

export const camera: Drawing = (press) => {
  const { random, inks } = press;
  const skin = texture(press, "skin", inks.deep, inks.main);
  const lens = random.between(62, 78);
  return (
    <>
      <defs>{skin.defs}</defs>
      {shadow(press, 300)}
      <path d="M140 222l18 -42h84l18 42z" fill={inks.deep} />
      <rect x="66" y="216" width="268" height="178" rx={random.pick([10, 24])} fill={inks.main} />
      <rect x="66" y="258" width="268" height="96" fill={skin.fill} />
      <rect x="86" y="196" width="46" height="22" rx="6" fill={inks.bright} />
      <circle cx="200" cy="306" r={lens + 12} fill={inks.paper} />
      <circle cx="200" cy="306" r={lens} fill={inks.deep} />
      <circle cx="206" cy="300" r={lens * 0.6} fill={inks.bright} />
      <circle cx="200" cy="306" r={lens * 0.36} fill={inks.deep} />
      <circle cx={200 + lens * 0.3} cy={306 - lens * 0.34} r="10" fill={inks.paper} />
      <rect x="284" y="232" width="32" height="18" rx="3" fill={inks.paper} />
    </>
  );
};

export const speaker: Drawing = (press) => {
  const { random, inks } = press;
  const cone = texture(press, "cone", inks.main, inks.bright);
  const tweeter = random.between(24, 38);
  return (
    <>
      <defs>{cone.defs}</defs>
      {shadow(press, 220)}
      <rect x="112" y="92" width="176" height="306" rx={random.pick([6, 30, 88])} fill={inks.deep} />
      <circle cx="200" cy="170" r={tweeter} fill={inks.bright} />
      <circle cx="200" cy="170" r={tweeter / 2.4} fill={inks.deep} />
      <circle cx="200" cy="302" r="70" fill={inks.paper} />
      <circle cx="204" cy="298" r="60" fill={cone.fill} />
      <circle cx="200" cy="302" r="22" fill={inks.deep} />
    </>
  );
};
