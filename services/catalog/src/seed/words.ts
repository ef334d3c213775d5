import { Category } from "@mesh/contracts/catalog/v1";

/** The words for a category's products: 25 kinds of 25 things, and sentences that describe them. */
export interface Vocabulary {
  readonly category: Category;
  readonly kinds: readonly string[];
  readonly things: readonly string[];
  /** Sentences in which `{kind}` and `{thing}` are replaced. */
  readonly sentences: readonly string[];
  /** The range of prices, in minor units. */
  readonly prices: readonly [from: number, to: number];
}

const split = (words: string) => words.split(",").map((word) => word.trim());

/**
 * The vocabularies of the example shop. One kind is the same in every category and comes first in the order of names, so
 * that the first page of the catalog shows every category.
 */
export const vocabularies: readonly Vocabulary[] = [
  {
    category: Category.CATEGORY_BOOKS,
    kinds: split(
      "Northern,Forgotten,Quiet,Practical,Illustrated,Pocket,Complete,Curious,Midnight,Winter,Paper,Hidden,Modern,Little,Wandering,Collected,Unfinished,Coastal,Borrowed,Wild,Annotated,Secret,Everyday,Acclaimed,Silver",
    ),
    things: split(
      "Atlas,Cookbook,Almanac,Field Guide,Novel,Dictionary,Memoir,Anthology,Sketchbook,Herbal,Travelogue,Mystery,Fairy Tales,History,Handbook,Bestiary,Diary,Letters,Poems,Essays,Songbook,Grammar,Chronicle,Short Stories,Encyclopedia",
    ),
    sentences: [
      "Bound in cloth, with a ribbon.",
      "A first edition of the {kind} series.",
      "Printed on paper that ages well.",
    ],
    prices: [690, 4990],
  },
  {
    category: Category.CATEGORY_ELECTRONICS,
    kinds: split(
      "Compact,Wireless,Foldable,Solar,Silent,Rugged,Studio,Travel,Dual,Smart,Vintage,Precision,Micro,Ultra,Bluetooth,Portable,Clip-on,Bedside,Desktop,Waterproof,Rechargeable,Slim,Magnetic,Acclaimed,Programmable",
    ),
    things: split(
      "Headphones,Speaker,Keyboard,Mouse,Charger,Camera,Lamp,Radio,Turntable,Monitor,Microphone,Thermometer,Clock,Projector,Router,Power Bank,Webcam,Drone,Tracker,Dock,Tablet Stand,Doorbell,Scale,Recorder,Amplifier",
    ),
    sentences: [
      "Charges over USB-C.",
      "Two years of guarantee and spare parts for ten.",
      "Pairs with anything made since 2015.",
    ],
    prices: [1490, 39900],
  },
  {
    category: Category.CATEGORY_HOME,
    kinds: split(
      "Oak,Walnut,Linen,Ceramic,Brass,Stoneware,Cork,Bamboo,Glass,Marble,Wool,Enamel,Rattan,Copper,Birch,Porcelain,Cast-iron,Felt,Terracotta,Velvet,Beech,Jute,Concrete,Acclaimed,Recycled",
    ),
    things: split(
      "Bowl,Vase,Shelf,Stool,Mug,Tray,Candlestick,Blanket,Cushion,Mirror,Clock,Basket,Teapot,Cutting Board,Coat Rack,Bookend,Planter,Plate Set,Doormat,Curtain,Side Table,Lampshade,Coaster Set,Carafe,Wall Hook",
    ),
    sentences: ["Made by a family workshop.", "Each {thing} is a little different.", "Wipe clean with a damp cloth."],
    prices: [890, 18900],
  },
  {
    category: Category.CATEGORY_GARDEN,
    kinds: split(
      "Galvanized,Folding,Hardwood,Cedar,Adjustable,Telescopic,Heirloom,Weatherproof,Hanging,Climbing,Copper,Stainless,Kneeling,Raised,Long-handled,Forged,Teak,Canvas,Steel,Compostable,Rustproof,Two-handed,Balcony,Acclaimed,Orchard",
    ),
    things: split(
      "Trowel,Watering Can,Rake,Pruner,Spade,Bench,Trellis,Bird Feeder,Hose,Planter,Gloves,Seed Box,Lantern,Wheelbarrow,Compost Bin,Fork,Hoe,Sprinkler,Parasol,Fire Bowl,Bee Hotel,Rain Gauge,Shears,Hammock,Plant Labels",
    ),
    sentences: [
      "Stays outside all year.",
      "Balanced for small and large hands.",
      "Comes with a bag of wildflower seeds.",
    ],
    prices: [590, 24900],
  },
  {
    category: Category.CATEGORY_TOYS,
    kinds: split(
      "Wooden,Wind-up,Stacking,Magnetic,Painted,Plush,Tiny,Giant,Rolling,Musical,Glow-in-the-dark,Pull-along,Building,Puzzle,Spinning,Balancing,Racing,Floating,Talking,Marble,Travel,Knitted,Mechanical,Acclaimed,Jumping",
    ),
    things: split(
      "Train,Robot,Bear,Castle,Dinosaur,Rocket,Whale,Drum,Puppet,Kite,Blocks,Spinning Top,Boat,Fox,Farm,Dragon,Tractor,Xylophone,Owl,Dollhouse,Fire Engine,Elephant,Marbles,Crane,Submarine",
    ),
    sentences: ["From three years on.", "Needs no batteries.", "Painted with colours that are safe to chew."],
    prices: [790, 8900],
  },
  {
    category: Category.CATEGORY_CLOTHING,
    kinds: split(
      "Merino,Cotton,Linen,Striped,Quilted,Ribbed,Corduroy,Denim,Waxed,Fleece,Organic,Hooded,Oversized,Tailored,Reversible,Cropped,Checked,Alpaca,Lightweight,Brushed,Hemp,Padded,Pleated,Acclaimed,Knitted",
    ),
    things: split(
      "Sweater,Shirt,Scarf,Jacket,Socks,Beanie,Trousers,Cardigan,Coat,T-shirt,Skirt,Vest,Gloves,Dress,Hoodie,Shorts,Pyjamas,Belt,Cap,Overalls,Raincoat,Poncho,Tights,Blouse,Apron",
    ),
    sentences: ["Easy to move in.", "Wash cold, dry flat.", "Repaired free of charge for five years."],
    prices: [990, 21900],
  },
  {
    category: Category.CATEGORY_SPORTS,
    kinds: split(
      "Carbon,Trail,Alpine,Indoor,Training,Competition,Inflatable,Grippy,Breathable,Reflective,Lightweight,Packable,Touring,Junior,Club,Summit,River,Winter,Thermal,Endurance,Sprint,Classic,Urban,Acclaimed,All-weather",
    ),
    things: split(
      "Backpack,Yoga Mat,Kettlebell,Jump Rope,Bottle,Tent,Racket,Football,Helmet,Climbing Rope,Paddle,Snowshoes,Running Belt,Goggles,Skateboard,Sleeping Bag,Headlamp,Poles,Basketball,Chalk Bag,Wetsuit,Frisbee,Bike Pump,Towel,Resistance Bands",
    ),
    sentences: ["Tested on long trips.", "Packs down to the size of a loaf.", "Bright, so that it is easy to find."],
    prices: [890, 34900],
  },
  {
    category: Category.CATEGORY_FOOD,
    kinds: split(
      "Smoked,Dark,Roasted,Wild,Salted,Single-origin,Fermented,Raw,Spiced,Mountain,Old-style,Stone-ground,Sparkling,Candied,Sun-dried,Organic,Cold-pressed,Aged,Bitter,Crunchy,Honeyed,Pickled,Malted,Acclaimed,Toasted",
    ),
    things: split(
      "Coffee,Chocolate,Olive Oil,Honey,Granola,Tea,Pasta,Almonds,Marmalade,Chutney,Sea Salt,Biscuits,Vinegar,Hazelnuts,Lemonade,Mustard,Rice,Figs,Peanut Butter,Crackers,Ginger Beer,Oats,Miso,Liquorice,Hot Sauce",
    ),
    sentences: ["From a single farm.", "Keeps for a year in a cool place.", "Try it with old cheese."],
    prices: [290, 3900],
  },
];
