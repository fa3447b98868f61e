// @ts-check
// Pictures of equal size in one image, row after row.

/** @typedef {import("./data.js").SheetData} SheetData */

export class Sheet {
  /** @param {SheetData} data */
  constructor(data) {
    this.data = data;
    this.image = new Image();
    this.image.src = data.picture;
  }

  /**
   * Draw the picture of a frame.
   * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
   * @param {number} frame
   * @param {number} wide
   * @param {number} tall
   */
  draw(context, frame, wide, tall) {
    const { columns, width, height, tile, every } = this.data;
    const number = Math.floor(frame / every);
    const x = (number % columns) * tile[1];
    const y = Math.floor(number / columns) * tile[0];
    context.drawImage(this.image, x, y, width, height, 0, 0, wide, tall);
  }
}
