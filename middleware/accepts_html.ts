/**
 * Decides whether a client prefers an HTML page to plain text.
 *
 * @module
 */

/** A media range and its quality. */
interface Range {
  readonly type: string;
  readonly quality: number;
}

function parseRanges(accept: string): Range[] {
  return accept.split(",").map((item) => {
    const [type = "", ...parameters] = item.split(";").map((part) =>
      part.trim().toLowerCase()
    );
    const weight = parameters.find((text) => /^q\s*=/.test(text));
    const quality = weight === undefined
      ? 1
      : Number(weight.replace(/^q\s*=\s*/, ""));
    return { type, quality: Number.isNaN(quality) ? 0 : quality };
  });
}

/**
 * Returns the quality of a media type, from the most specific matching range.
 */
function qualityOf(ranges: readonly Range[], subtype: string): number {
  for (const wanted of [`text/${subtype}`, "text/*", "*/*"]) {
    const range = ranges.find(({ type }) => type === wanted);
    if (range !== undefined) return range.quality;
  }
  return 0;
}

/**
 * Returns whether a client prefers HTML to plain text. A browser asks for HTML;
 * a client that accepts anything gets plain text.
 *
 * RFC 9110 section 12.5.1.
 *
 * @param accept The Accept header of the request.
 */
export function acceptsHtml(accept: unknown): boolean {
  if (typeof accept !== "string") return false;
  const ranges = parseRanges(accept);
  const html = qualityOf(ranges, "html");
  const plain = qualityOf(ranges, "plain");
  if (html !== plain) return html > plain;
  const first = ranges.find(({ type }) => /^text\/(?:html|plain)$/.test(type));
  return html > 0 && first?.type === "text/html";
}
