// The geometry of the lines over time.

export interface Point {
  at: number;
  value: number;
}

/** The next of 1, 2, 5, 10, ... that is not less: where a scale ends that people can read. */
export function ceiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 5, 10]) {
    if (value <= step * power * (1 + 1e-9)) return step * power;
  }
  return 10 * power;
}

/**
 * The path of a line (SVG 2 section 9.3): time from left to right, a gap where samples are missing.
 *
 * @param begin what is at the left edge, in the unit of `at`
 * @param gap the longest time between two points that are joined
 */
export function path(points: Point[], begin: number, end: number, top: number, width: number, height: number, gap: number): string {
  let text = "";
  let before = -Infinity;
  for (const point of points) {
    if (point.at < begin || point.at > end) continue;
    const x = ((point.at - begin) / Math.max(end - begin, 1)) * width;
    const y = height - (Math.min(point.value, top) / top) * height;
    text += (point.at - before > gap ? "M" : "L") + x.toFixed(1) + " " + y.toFixed(1);
    before = point.at;
  }
  return text;
}

/** How long a time is shown: the least of some that has all there is. */
export function window(seconds: number): number {
  return [60, 120, 300].find((shown) => seconds <= shown) ?? 600;
}
