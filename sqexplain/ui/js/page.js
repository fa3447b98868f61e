// @ts-check
// Small steps on the page: what a selector finds, words, canvases, drawings.

const SVG = "http://www.w3.org/2000/svg";

/**
 * What Streamlit calls a component with.
 * @template Data
 * @typedef {object} Call
 * @property {[Data]} data alone in a list, see `sent` in __init__.py
 * @property {ParentNode & Node} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/**
 * The element that a selector finds.
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
/**
 * @template {Element} T
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} Kind its class
 * @returns {T}
 */
/**
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Element} Kind
 */
export function find(root, selector, Kind = HTMLElement) {
  const found = root.querySelector(selector);
  if (found instanceof Kind) return found;
  throw new Error(`There is no ${Kind.name} at ${selector}.`);
}

/**
 * A copy of what is in a template.
 * @param {ParentNode} root
 * @param {string} selector of the template
 */
export function copyOf(root, selector) {
  const copy = find(root, selector, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  if (copy instanceof HTMLElement) return copy;
  throw new Error(`The template ${selector} is empty.`);
}

/**
 * Touch the page only where the words changed: each change costs a new layout.
 * @param {Element} target
 * @param {string} text
 */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * A new element of a drawing.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {Element} [parent]
 * @param {string} [text]
 */
export function element(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

/**
 * The drawing context of a canvas.
 * @overload
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @returns {CanvasRenderingContext2D}
 */
/**
 * @overload
 * @param {OffscreenCanvas} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @returns {OffscreenCanvasRenderingContext2D}
 */
/**
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
export function contextOf(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (context) return context;
  throw new Error("This browser gives no context to draw on.");
}

/**
 * The drawing context of a canvas that takes a new size.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function resized(canvas, width, height) {
  Object.assign(canvas, { width, height });
  return contextOf(canvas);
}
