import { type Drawing, overprint, shadow, texture } from "../print.tsx";

export const train: Drawing = (press) => {
  const { random, inks } = press;
  const paint = texture(press, "paint", inks.bright, inks.main);
  const puffs = [random.between(14, 22), random.between(24, 34)];
  return (
    <>
      <defs>{paint.defs}</defs>
      {shadow(press, 350, 404)}
      <circle cx="112" cy="150" r={puffs[0]} fill={inks.wash} />
      <circle cx="150" cy="104" r={puffs[1]} fill={inks.wash} />
      <path d="M92 196H132L124 260H100z" fill={inks.deep} />
      <rect x="60" y="250" width="170" height="100" rx="40" fill={inks.main} />
      <rect x="210" y="186" width="120" height="164" rx="8" fill={paint.fill} />
      <rect x="232" y="212" width="76" height="54" fill={inks.paper} />
      <rect x="196" y="170" width="148" height="24" rx="6" fill={inks.deep} />
      <rect x="50" y="340" width="294" height="22" fill={inks.deep} />
      {[104, 182, 276].map((x) => (
        <g key={x}>
          <circle cx={x} cy="368" r={x > 200 ? 38 : 30} fill={inks.deep} />
          <circle cx={x} cy="368" r="14" fill={inks.bright} />
        </g>
      ))}
    </>
  );
};

const headWith =
  (ears: string, eye: number): Drawing =>
  (press) => {
    const { inks } = press;
    const fur = texture(press, "fur", inks.deep, inks.main);
    return (
      <>
        <defs>{fur.defs}</defs>
        <path d="M120 500C120 400 280 400 280 500z" fill={fur.fill} />
        <path d={ears} fill={inks.deep} />
        <ellipse cx="200" cy="262" rx="122" ry="116" fill={inks.main} />
        <ellipse cx="200" cy="308" rx="66" ry="54" fill={inks.paper} />
        {[150, 250].map((x) => (
          <g key={x}>
            <circle cx={x} cy="236" r={eye + 10} fill={eye > 20 ? inks.paper : "none"} />
            <circle cx={x} cy="236" r={eye > 20 ? 16 : eye} fill={inks.deep} />
            <circle cx={x + 4} cy="231" r="4" fill={inks.paper} />
          </g>
        ))}
        <path d="M178 282h44l-22 26z" fill={inks.deep} />
        <path
          d="M200 306v18q-18 18 -34 6M200 324q18 18 34 6"
          fill="none"
          stroke={inks.deep}
          strokeWidth="6"
          strokeLinecap="round"
        />
        <circle cx="122" cy="292" r="20" fill={inks.bright} style={overprint} opacity="0.7" />
        <circle cx="278" cy="292" r="20" fill={inks.bright} style={overprint} opacity="0.7" />
      </>
    );
  };

export const bear = headWith("M96 190a46 46 0 1 1 70 -44zM304 190a46 46 0 1 0 -70 -44z", 11);
export const fox = headWith("M100 210L92 92L182 148zM300 210L308 92L218 148z", 11);
export const owl = headWith("M100 220L112 120L190 150zM300 220L288 120L210 150z", 26);
export const elephant = headWith("M110 180C-10 150 10 350 104 320zM290 180C410 150 390 350 296 320z", 11);

export const castle: Drawing = (press) => {
  const { random, inks } = press;
  const wall = texture(press, "wall", inks.bright, inks.main);
  const left = random.between(130, 180);
  const right = random.between(150, 200);
  const crown = (x: number, y: number) => `M${x} ${y}v-26h20v14h15v-14h20v14h15v-14h20v26z`;
  return (
    <>
      <defs>{wall.defs}</defs>
      {shadow(press, 330)}
      <rect x="110" y="250" width="180" height="150" fill={wall.fill} />
      <rect x="62" y={left} width="90" height={400 - left} fill={inks.main} />
      <rect x="248" y={right} width="90" height={400 - right} fill={inks.main} />
      <path d={crown(62, left)} fill={inks.deep} />
      <path d={crown(248, right)} fill={inks.deep} />
      <path d="M168 400V338a32 32 0 0 1 64 0v62z" fill={inks.deep} />
      <path d={`M107 ${left - 24}V${left - 84}l46 18l-46 18`} fill={inks.bright} stroke={inks.deep} strokeWidth="5" />
      <rect x="94" y={left + 40} width="26" height="40" rx="13" fill={inks.paper} />
      <rect x="280" y={right + 40} width="26" height="40" rx="13" fill={inks.paper} />
    </>
  );
};

export const rocket: Drawing = (press) => {
  const { random, inks } = press;
  const stripe = texture(press, "stripe", inks.bright, inks.main);
  return (
    <>
      <defs>{stripe.defs}</defs>
      <g transform={`rotate(${random.between(-24, 24)} 200 250)`}>
        <path d="M168 380Q200 480 232 380z" fill={inks.bright} />
        <path d="M184 380Q200 440 216 380z" fill={inks.paper} />
        <path d="M140 280L84 384L150 366zM260 280L316 384L250 366z" fill={inks.deep} />
        <path d="M200 50C280 130 270 300 250 380H150C130 300 120 130 200 50z" fill={inks.main} />
        <path d="M136 300H264L256 352H144z" fill={stripe.fill} />
        <path d="M200 50C228 78 246 116 254 156H146C154 116 172 78 200 50z" fill={inks.deep} />
        <circle cx="200" cy="222" r="36" fill={inks.paper} />
        <circle cx="200" cy="222" r="24" fill={inks.bright} />
      </g>
    </>
  );
};

export const whale: Drawing = (press) => {
  const { random, inks } = press;
  const belly = texture(press, "belly", inks.deep, inks.wash);
  const spout = random.between(60, 100);
  return (
    <>
      <defs>{belly.defs}</defs>
      <path
        d={`M130 190Q126 ${spout + 30} 100 ${spout + 30}M130 190Q134 ${spout} 166 ${spout + 10}`}
        fill="none"
        stroke={inks.bright}
        strokeWidth="10"
        strokeLinecap="round"
      />
      <path d="M300 270Q300 180 262 156Q324 160 332 196Q356 160 384 166Q370 240 330 262z" fill={inks.main} />
      <path d="M34 300C34 200 220 170 330 262Q326 390 190 392C90 392 34 366 34 300z" fill={inks.main} />
      <path d="M36 316Q170 350 300 330Q280 392 190 392C96 392 40 370 36 316z" fill={belly.fill} />
      <circle cx="102" cy="272" r="11" fill={inks.deep} />
      <path d="M190 320q14 66 66 60q-10 -50 -24 -66z" fill={inks.deep} />
    </>
  );
};

export const boat: Drawing = (press) => {
  const { random, inks } = press;
  const sail = texture(press, "sail", inks.bright, inks.wash);
  const tall = random.between(80, 120);
  return (
    <>
      <defs>{sail.defs}</defs>
      <path d="M0 392q50 -30 100 0t100 0t100 0t100 0V500H0z" fill={inks.bright} opacity="0.75" />
      <path d={`M194 ${tall - 10}V320`} stroke={inks.deep} strokeWidth="12" />
      <path d={`M206 ${tall}L330 296H206z`} fill={sail.fill} />
      <path d={`M182 ${tall + 40}L92 296H182z`} fill={inks.main} />
      <path d={`M194 ${tall - 10}l46 14l-46 14z`} fill={inks.main} />
      <path d="M52 312H348L302 396H98z" fill={inks.deep} />
      <path d="M60 330H340L330 348H70z" fill={inks.paper} />
    </>
  );
};
