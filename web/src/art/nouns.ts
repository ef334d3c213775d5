import type { Drawing } from "./print.tsx";
import { shelf } from "./things/books.tsx";
import { beanie, dress, socks, sweater } from "./things/clothing.tsx";
import { charger, keyboard, microphone, monitor, mouse, turntable } from "./things/devices.tsx";
import { camera, headphones, radio, speaker } from "./things/electronics.tsx";
import { bottle, bowl, fruit, jar } from "./things/food.tsx";
import { basket, curtain, hooks, plates, rug, stool } from "./things/furnishing.tsx";
import { dino, drum, kite, marbles, top, xylophone } from "./things/games.tsx";
import { flowers, plant } from "./things/garden.tsx";
import { barrow, can, coil, fork, hoe, house, rake, shears, spade, trellis } from "./things/gardening.tsx";
import { backpack, disc, goggles, helmet, paddle, pump, roll, tractor } from "./things/gear.tsx";
import { kettle, lamp, vase } from "./things/home.tsx";
import { board, candle, cushion, folded, mirror, mug } from "./things/household.tsx";
import { brick, clock, drone, router, scale, thermometer } from "./things/instruments.tsx";
import { bench, fire, hammock, lantern, parasol, tent } from "./things/outdoors.tsx";
import { chocolate, packet } from "./things/pantry.tsx";
import { bear, boat, castle, elephant, fox, owl, rocket, train, whale } from "./things/playthings.tsx";
import { ball, kettlebell, racket, skateboard } from "./things/sports.tsx";
import { blocks, car, robot } from "./things/toys.tsx";
import { belt, mitten, scarf, shorts, trousers } from "./things/wardrobe.tsx";

type Drawings = readonly [Drawing, ...Drawing[]];

// The nouns that names end in, each behind what it is drawn as.
const table: readonly (readonly [Drawings, string])[] = [
  [[headphones], "headphones"],
  [[speaker], "speaker"],
  [[radio], "radio, recorder, amplifier"],
  [[camera], "camera, webcam"],
  [[keyboard], "keyboard"],
  [[mouse], "mouse"],
  [[charger], "charger"],
  [[turntable], "turntable"],
  [[monitor], "monitor, projector, tablet stand"],
  [[microphone], "microphone"],
  [[thermometer], "thermometer, rain gauge"],
  [[clock], "clock"],
  [[router], "router, dock"],
  [[brick], "power bank, tracker, doorbell"],
  [[drone], "drone"],
  [[scale], "scale"],
  [[lamp], "lamp, lampshade"],
  [[vase], "vase"],
  [[kettle], "teapot, kettle"],
  [[mug], "mug"],
  [[bowl], "bowl, granola, rice, oats, almonds, hazelnuts"],
  [[plates], "plate set, coaster set"],
  [[board], "cutting board, tray"],
  [[candle], "candlestick"],
  [[folded], "blanket, towel, pyjamas"],
  [[cushion], "cushion"],
  [[mirror], "mirror"],
  [[stool], "stool, side table"],
  [[basket], "basket, compost bin"],
  [[hooks], "coat rack, wall hook"],
  [[rug], "doormat"],
  [[curtain], "curtain"],
  [[shelf], "shelf, bookend"],
  [[plant], "planter"],
  [[bottle], "carafe, bottle, olive oil, vinegar, lemonade, ginger beer, hot sauce"],
  [[spade], "trowel, spade"],
  [[fork], "fork"],
  [[rake], "rake"],
  [[hoe], "hoe"],
  [[can], "watering can, sprinkler"],
  [[shears], "pruner, shears"],
  [[bench], "bench"],
  [[trellis], "trellis"],
  [[house], "bird feeder, bee hotel, dollhouse, farm"],
  [[coil], "hose, jump rope, climbing rope, resistance bands"],
  [[barrow], "wheelbarrow"],
  [[lantern], "lantern, headlamp"],
  [[parasol], "parasol"],
  [[fire], "fire bowl"],
  [[hammock], "hammock"],
  [[flowers], "plant labels"],
  [[packet], "seed box, coffee, tea, pasta, sea salt, biscuits, crackers, liquorice, chalk bag"],
  [[mitten], "gloves"],
  [[train], "train"],
  [[robot], "robot, puppet"],
  [[bear], "bear"],
  [[fox], "fox"],
  [[owl], "owl"],
  [[elephant], "elephant"],
  [[castle], "castle"],
  [[dino], "dinosaur, dragon"],
  [[rocket], "rocket"],
  [[whale], "whale"],
  [[drum], "drum"],
  [[kite], "kite"],
  [[blocks], "blocks, crane"],
  [[top], "spinning top"],
  [[boat], "boat, submarine"],
  [[tractor], "tractor"],
  [[car], "fire engine"],
  [[xylophone], "xylophone"],
  [[marbles], "marbles"],
  [[sweater], "sweater, shirt, jacket, cardigan, coat, t-shirt, vest, hoodie, raincoat, blouse, wetsuit"],
  [[scarf], "scarf"],
  [[socks], "socks, tights"],
  [[beanie], "beanie, cap"],
  [[trousers], "trousers, overalls"],
  [[shorts], "shorts"],
  [[dress], "skirt, dress, poncho, apron"],
  [[belt], "belt"],
  [[backpack], "backpack"],
  [[roll], "yoga mat, sleeping bag"],
  [[kettlebell], "kettlebell"],
  [[tent], "tent"],
  [[racket], "racket, snowshoes"],
  [[ball], "football, basketball"],
  [[helmet], "helmet"],
  [[paddle], "paddle, poles"],
  [[goggles], "goggles"],
  [[skateboard], "skateboard"],
  [[disc], "frisbee"],
  [[pump], "bike pump"],
  [[chocolate], "chocolate"],
  [[jar], "honey, marmalade, chutney, mustard, peanut butter, miso"],
  [[fruit], "figs"],
];

/** What each noun is drawn as. */
export const nouns: ReadonlyMap<string, Drawings> = new Map(
  table.flatMap(([drawings, words]) => words.split(", ").map((word) => [word, drawings] as const)),
);
