// @ts-check
// What the page sends the player, as types; long arrays are base64 of their little-endian bytes. T frames, K steps of
// the percentage, C channels, h x w cells of a map.

/**
 * Where the controls stand.
 * @typedef {object} Settings
 * @property {number} percent of the channels in the map
 * @property {number} opacity per cent
 * @property {import("../js/painting.js").Base} base
 * @property {string} map the name of the colour map
 * @property {"frame" | "clip"} scale
 * @property {number} frame
 */

/**
 * Pictures of equal size in one image, row after row.
 * @typedef {object} SheetData
 * @property {string} picture a data URI
 * @property {number} columns
 * @property {number} width of one picture
 * @property {number} height
 * @property {[number, number]} tile height and width of the place of a picture
 * @property {number} every frames that a picture stands for
 */

/**
 * The maps of one method; of one that takes no percentage K is 1.
 * @typedef {object} MapsData
 * @property {boolean} ranked whether the maps follow the percentage
 * @property {"bilinear" | "bicubic"} interpolation
 * @property {[number, number]} cells h and w
 * @property {string} maps uint8 (K * T * h * w): value = low + step * level
 * @property {string} low float32 (K * T)
 * @property {string} step float32 (K * T)
 * @property {string} ranges float32 (K * 2), lowest and highest value of the clip
 * @property {string} strip float32 (K * T), what the strip over time shows
 * @property {string} [strict] float32 (K * T), the share on the mouth
 * @property {string} [wide10] float32 (K * T), the share on the mouth and 10 px around
 * @property {string | null} sheet uint8 (13 * 4T), the heatmap over the sound
 */

/**
 * What is written around them.
 * @typedef {object} WordsData
 * @property {string} title
 * @property {string} tag
 * @property {string} summary
 * @property {string} note
 */

/** @typedef {MapsData & WordsData} PanelData */

/**
 * The face of one person.
 * @typedef {object} PersonData
 * @property {string} name
 * @property {number} start the frame of this clip in which it appears, maybe below 0
 * @property {string} boxes float32 (n * 4), top, left, height, width as shares
 * @property {number[]} values (n) how likely the person speaks
 */

/**
 * The scores of the channels; one row where all frames have the same.
 * @typedef {object} ScoresData
 * @property {string} label what they are
 * @property {string} values float32 (rows * C)
 * @property {[number, number]} shape rows and C
 * @property {number | null} rule z of the authors' rule: mean + z standard deviations
 * @property {number} top where the scale ends
 */

/** @typedef {{ name: string, share: number, text: string, tone?: string | null }} WeightData */
/** @typedef {{ title: string, about: string, rows: WeightData[] }} HalfData */
/** @typedef {{ halves: HalfData[], verdict: string, differs: boolean }} ModalityData */

/**
 * What takes longer than the first picture.
 * @typedef {object} FurtherData
 * @property {{ name: string, title: string, scores: string }[]} ablations scores float32 (T)
 * @property {string | null} influence int8 (T * T)
 * @property {ModalityData | null} [modality]
 */

/**
 * @typedef {object} ClipData
 * @property {string} id unchanged, it means that nothing is drawn anew
 * @property {string} clip
 * @property {string} name
 * @property {number} frames T
 * @property {number} fps
 * @property {SheetData} faces
 * @property {string} seen
 * @property {string | null} sound int16 at 16 000 Hz
 * @property {{ size: [number, number], levels: string } | null} sheet of the sound, uint8
 * @property {string[]} classes
 * @property {number} asked the class that is explained
 * @property {string} target its name
 * @property {string} chances float32 (T), its probability
 * @property {number[] | null} labels (T) true classes, below 0 where not known
 * @property {{ strict: number[], wide10: number[] } | null} mouth (T) share of the area
 * @property {string} strip what the strips show
 * @property {number[]} percents (K)
 * @property {PanelData[]} panels
 * @property {ScoresData} scores
 * @property {Record<string, string>} luts the colours of each colour map
 * @property {Record<string, string>} titles the names of the colour maps in words
 * @property {string} account with {count}, {percent} and {scale}
 * @property {string} warning
 * @property {PersonData[] | null} people
 * @property {number} person the one that is explained
 * @property {SheetData | null} whole the whole picture
 * @property {FurtherData} [further]
 * @property {{ text: string, constant: boolean }} [constancy]
 * @property {Settings} start
 */

export {};
