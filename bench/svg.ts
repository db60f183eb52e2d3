/**
 * Draws SVG pictures: bars and lines, for light and dark pages.
 *
 * @module
 */

/** A bar with its name. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Whether it is highlighted. */
  readonly isOurs?: boolean | undefined;
}

/** A line through points. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isOurs?: boolean | undefined;
}

/** The width of every picture, in pixels. */
export const WIDTH = 760;

const LEFT = 140;
const RIGHT = 60;
const ROW = 24;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .faint { fill: #59636e; }
  .bar { fill: #9aa4af; }
  .ours { fill: #1a7f64; }
  .line { fill: none; stroke: #9aa4af; stroke-width: 2; }
  .line.ours { fill: none; stroke: #1a7f64; }
  .axis { stroke: #d1d9e0; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .faint { fill: #9198a1; }
    .bar { fill: #656c76; }
    .ours { fill: #3fb68b; }
    .line { stroke: #8b949e; }
    .line.ours { stroke: #3fb68b; }
    .axis { stroke: #3d444d; }
  }`;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Escapes text for elements and attributes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}

/** Returns a `text` element. */
export function label(
  x: number,
  y: number,
  text: string,
  classes = "",
  anchor: "start" | "middle" | "end" = "start",
): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${classes}" ` +
    `text-anchor="${anchor}">${escapeXml(text)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A part of a picture: its height in pixels, and its elements from y = 0. */
export interface Panel {
  readonly height: number;
  readonly content: string;
}

/** Stacks panels vertically. */
export function picture(title: string, panels: readonly Panel[]): string {
  let top = 10;
  const groups = panels.map(({ height, content }) => {
    const group = `<g transform="translate(0 ${top})">\n${content}\n</g>`;
    top += height + 20;
    return group;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" ` +
    `width="${WIDTH}" height="${top}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    ...groups,
    "</svg>\n",
  ].join("\n");
}

/**
 * Draws horizontal bars.
 *
 * @param title The heading.
 * @param note A description of the numbers, in small print.
 * @param bars At least one bar.
 */
export function barPanel(
  title: string,
  note: string,
  bars: readonly Bar[],
): Panel {
  // Prevents an empty scale.
  const most = Math.max(1e-9, ...bars.map(({ value }) => value));
  const scale = (WIDTH - LEFT - RIGHT) / most;
  const content = [
    label(10, 16, title, "title"),
    label(10, 34, note, "faint"),
    ...bars.flatMap(({ name, value, isOurs }, i) => {
      const y = 46 + i * ROW;
      return [
        label(LEFT - 8, y + 13, name, "", "end"),
        `<rect class="${isOurs ? "ours" : "bar"}" x="${LEFT}" y="${y}" ` +
        `width="${round(value * scale)}" height="16" rx="2"/>`,
        label(LEFT + value * scale + 6, y + 13, value.toFixed(2)),
      ];
    }),
  ].join("\n");
  return { height: 46 + bars.length * ROW, content };
}

/**
 * Draws lines over a logarithmic x axis.
 *
 * @param title The heading.
 * @param note A description of the numbers, in small print.
 * @param lines At least one line, each with at least one point; x above 0.
 * @param format Formats a number of either axis.
 */
export function linePanel(
  title: string,
  note: string,
  lines: readonly Line[],
  format: { x: (value: number) => string; y: (value: number) => string },
): Panel {
  const [top, bottom, left, right] = [56, 230, 80, WIDTH - 110];
  const points = lines.flatMap(({ points }) => points);
  const xs = [...new Set(points.map(([x]) => x))].toSorted((a, b) => a - b);
  const first = Math.log(xs[0] ?? 1);
  const span = Math.log(xs.at(-1) ?? 1) - first || 1;
  const most = Math.max(...points.map(([, y]) => y), 1e-9);
  const toX = (x: number): number =>
    round(left + (Math.log(x) - first) / span * (right - left));
  const toY = (y: number): number => round(bottom - y / most * (bottom - top));
  const content = [
    label(10, 16, title, "title"),
    label(10, 34, note, "faint"),
    ...[0, 0.5, 1].flatMap((part) => [
      `<line class="axis" x1="${left}" x2="${right}" y1="${
        toY(most * part)
      }" y2="${toY(most * part)}"/>`,
      label(
        left - 8,
        toY(most * part) + 4,
        format.y(most * part),
        "faint",
        "end",
      ),
    ]),
    ...xs.map((x) =>
      label(toX(x), bottom + 18, format.x(x), "faint", "middle")
    ),
    ...lines.flatMap(({ name, points, isOurs }, i) => {
      const path = points.map(([x, y]) => `${toX(x)},${toY(y)}`).join(" ");
      return [
        `<polyline class="line${isOurs ? " ours" : ""}" points="${path}"/>`,
        `<rect class="${isOurs ? "ours" : "bar"}" x="${right + 12}" ` +
        `y="${top + i * 20 - 9}" width="10" height="10"/>`,
        label(right + 28, top + i * 20, name),
      ];
    }),
  ].join("\n");
  return { height: bottom + 26, content };
}
