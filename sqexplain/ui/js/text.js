// @ts-check
// Numbers as words.

/**
 * Two digits behind the point, fewer of large numbers.
 * @param {number} value
 */
export function decimals(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/**
 * A number with its sign.
 * @param {number} value
 */
export function signed(value) {
  const size = Math.abs(value);
  const text = size >= 10 ? size.toFixed(0) : size >= 1 ? size.toFixed(1) : size.toFixed(2);
  return `${value < 0 ? "−" : "+"}${text}`;
}

/**
 * A probability as a whole per cent that never claims certainty.
 * @param {number} share
 */
export function percentOf(share) {
  if (Number.isNaN(share)) return "–";
  if (share >= 0.995 && share < 1) return "> 99 %";
  return share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`;
}
