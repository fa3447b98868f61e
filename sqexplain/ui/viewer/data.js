// @ts-check
// What the page sends the viewer, as types; long arrays are base64 of their little-endian bytes.

/**
 * Where the controls stand.
 * @typedef {object} Settings
 * @property {number} percent of the channels in the map
 * @property {number} opacity per cent
 * @property {number} cut per cent of the scale below which no heat is drawn
 * @property {import("../js/painting.js").Base} base
 * @property {string} map the name of the colour map
 * @property {"topk" | "paper"} rule
 */

/**
 * One picture: the original, a finished map, or the mean of the first channels of an order.
 * @typedef {object} PanelData
 * @property {string} title
 * @property {string} tag
 * @property {string} summary
 * @property {string} note
 * @property {number} group the row that it stands in
 * @property {boolean} gated whether its order is that of the histogram of its row
 * @property {"bilinear" | "bicubic"} interpolation
 * @property {[number, number]} cells height and width of the map
 * @property {string | null} map float32 (h * w)
 * @property {string | null} order int32 (C)
 * @property {string | null} weights float32 (C)
 * @property {string | null} offset float32 (C)
 */

/**
 * The authors' rule on the scores of the channels.
 * @typedef {{ z: number, threshold: number, count: number }} Rule
 */

/**
 * What is asked of the picture.
 * @typedef {object} GroupData
 * @property {string} target
 * @property {string} scores float32 (C)
 * @property {string} order int32 (C)
 * @property {string} contributions float32 (C), to the logit of the target
 * @property {Rule | null} rule
 * @property {string} [heading]
 * @property {string} [told]
 */

/**
 * @typedef {object} PictureData
 * @property {string} id unchanged, it means that nothing is drawn anew
 * @property {string} name
 * @property {string} picture a data URI
 * @property {number} width
 * @property {number} height
 * @property {[number, number, number, number]} view top, left, height, width of what the net saw
 * @property {Record<string, string>} luts the colours of each colour map
 * @property {Record<string, string>} titles the names of the colour maps in words
 * @property {string} scale
 * @property {[number, number]} cells height and width of a channel's map
 * @property {string} features float32 (C * h * w)
 * @property {string} label what the scores are
 * @property {PanelData[]} panels
 * @property {string} answer
 * @property {string} account with {count} and {how}
 * @property {number} [columns] pictures side by side
 * @property {GroupData[]} [groups] of several rows, each its own
 * @property {[number, number, number, number][]} [boxes] top, left, height, width of parts, as shares of the picture
 * @property {Settings} start
 * @property {boolean} tell whether the page waits for the first picture
 */

/** @typedef {PictureData & GroupData} ViewerData */

export {};
