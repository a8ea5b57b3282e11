/** Seeded random numbers: the same seed gives the same market on every machine. */
export interface Random {
  /** Uniform in (0, 1). */
  uniform(): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /** Standard normal. */
  normal(): number;
  /** 1, 2, 3, …: trials until the first success, with the given mean. */
  geometric(mean: number): number;
}

/** FNV-1a over a seed and the name of what is drawn, so that every stream of numbers is its own. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** The generator sfc32 (Doty-Humphrey, PractRand), started from a seed and a name. */
export function seededRandom(seed: number, name: string): Random {
  let a = hash(`${seed}/a/${name}`);
  let b = hash(`${seed}/b/${name}`);
  let c = hash(`${seed}/c/${name}`);
  let counter = 1;
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 15; i++) next();
  const uniform = () => next() + 2 ** -33;
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    uniform,
    normal,
    exponential: () => -Math.log(uniform()),
    geometric: (mean) => (mean <= 1 ? 1 : 1 + Math.floor(Math.log(uniform()) / Math.log(1 - 1 / mean))),
  };
}
