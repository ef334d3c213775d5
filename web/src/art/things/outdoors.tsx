import { type Drawing, overprint, shadow, texture } from "../print.tsx";

export const bench: Drawing = (press) => {
  const { random, inks } = press;
  const slats = random.pick([
    [176, 212],
    [164, 194, 224],
  ]);
  return (
    <>
      {shadow(press, 330)}
      <path d="M84 150V402M316 150V402" stroke={inks.deep} strokeWidth="18" />
      {slats.map((y) => (
        <rect key={y} x="52" y={y} width="296" height="22" fill={inks.bright} />
      ))}
      <rect x="40" y="282" width="320" height="30" rx="4" fill={inks.main} />
      <path d="M64 312L96 356H304L336 312z" fill={inks.deep} opacity="0.3" style={overprint} />
    </>
  );
};

export const lantern: Drawing = (press) => {
  const { random, inks } = press;
  const glow = random.between(90, 124);
  return (
    <>
      <circle cx="200" cy="276" r={glow} fill={inks.bright} opacity="0.45" style={overprint} />
      {shadow(press, 190)}
      <path d="M150 170a50 62 0 0 1 100 0" fill="none" stroke={inks.deep} strokeWidth="10" />
      <path d="M138 196L168 156H232L262 196z" fill={inks.deep} />
      <rect x="138" y="196" width="124" height="164" fill={inks.paper} />
      <path d="M200 244q34 46 0 70q-34 -24 0 -70z" fill={inks.main} />
      <path d="M138 196V360M200 196V232M262 196V360" stroke={inks.deep} strokeWidth="10" />
      <rect x="122" y="356" width="156" height="44" rx={random.pick([4, 20])} fill={inks.deep} />
    </>
  );
};

export const parasol: Drawing = (press) => {
  const { random, inks } = press;
  const cloth = texture(press, "cloth", inks.bright, inks.main);
  return (
    <>
      <defs>{cloth.defs}</defs>
      {shadow(press, 150)}
      <g transform={`rotate(${random.between(-10, 10)} 200 400)`}>
        <rect x="193" y="90" width="14" height="310" fill={inks.deep} />
        <path
          d="M40 240C50 130 130 84 200 84S350 130 360 240Q320 214 280 240Q240 214 200 240Q160 214 120 240Q80 214 40 240z"
          fill={inks.main}
        />
        <path d="M120 240C124 150 170 92 200 84S276 150 280 240Q240 214 200 240Q160 214 120 240z" fill={cloth.fill} />
        <circle cx="200" cy="78" r="12" fill={inks.deep} />
      </g>
      <path d="M146 404q0 -24 54 -24t54 24z" fill={inks.deep} />
    </>
  );
};

export const fire: Drawing = (press) => {
  const { random, inks } = press;
  const high = random.between(96, 140);
  return (
    <>
      {shadow(press, 220)}
      <path
        d={`M140 290C100 220 170 200 ${random.between(160, 190)} ${high}C230 180 240 200 236 226C256 216 262 200 262 190C300 240 290 280 262 292z`}
        fill={inks.main}
      />
      <path d={`M168 292C150 250 190 236 196 ${high + 80}C226 240 244 262 232 292z`} fill={inks.bright} />
      <path d="M76 284H324C316 356 262 384 200 384S84 356 76 284z" fill={inks.deep} />
      <path d="M136 372l-18 32M264 372l18 32" stroke={inks.deep} strokeWidth="14" strokeLinecap="round" />
    </>
  );
};

export const hammock: Drawing = (press) => {
  const { random, inks } = press;
  const cloth = texture(press, "cloth", inks.bright, inks.main);
  const sag = random.between(330, 380);
  return (
    <>
      <defs>{cloth.defs}</defs>
      <path d="M58 70V430M342 70V430" stroke={inks.deep} strokeWidth="26" />
      <path d="M58 170L110 232M342 170L290 232M58 170L96 250M342 170L304 250" stroke={inks.deep} strokeWidth="5" />
      <path
        d={`M92 224C130 ${sag - 40} 270 ${sag - 40} 308 224C300 ${sag + 30} 100 ${sag + 30} 92 224z`}
        fill={cloth.fill}
      />
      <path d={`M92 224C130 ${sag - 40} 270 ${sag - 40} 308 224`} fill="none" stroke={inks.deep} strokeWidth="10" />
    </>
  );
};

export const tent: Drawing = (press) => {
  const { random, inks } = press;
  const cloth = texture(press, "cloth", inks.bright, inks.main);
  const peak = random.between(110, 150);
  return (
    <>
      <defs>{cloth.defs}</defs>
      {shadow(press, 340)}
      <path d={`M200 ${peak}L40 400H360z`} fill={inks.main} />
      <path d={`M200 ${peak}L40 400H130z`} fill={cloth.fill} />
      <path d={`M200 ${peak}L150 400H250z`} fill={inks.deep} />
      <path d={`M200 ${peak}L226 400H262z`} fill={inks.bright} />
      <path d={`M186 ${peak - 24}L200 ${peak}L214 ${peak - 24}`} fill="none" stroke={inks.deep} strokeWidth="8" />
    </>
  );
};
