/** Free ports in the place of those of `docs/deploy*.md`. */

/** The ports of the page, which somebody else may use. */
const PAGE: readonly string[] = ["8000", "8080", "4000", "3031"];

const FIRST = 2000;
const COUNT = 7900;

/** Which port stands for which. */
export interface PagePorts {
  /** Puts free ports into a text of the page. */
  put(text: string): string;
  /** Puts the ports of the page into a text again. */
  takeBack(text: string): string;
}

function replaceWords(
  text: string,
  from: readonly string[],
  to: readonly string[],
): string {
  const words = new RegExp(`\\b(?:${from.join("|")})\\b`, "g");
  return text.replace(words, (word) => to[from.indexOf(word)] ?? word);
}

/** Tells whether nobody listens on a port. */
function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds free ports, of four digits each: so a Content-Length stays what it is.
 */
export function takePorts(): PagePorts {
  const free: string[] = [];
  const start = Math.floor(Math.random() * COUNT);
  for (let i = 0; i < COUNT && free.length < PAGE.length; i++) {
    const port = FIRST + (start + i) % COUNT;
    if (!PAGE.includes(String(port)) && isFree(port)) free.push(String(port));
  }
  if (free.length < PAGE.length) throw new Error("Cannot find free ports");
  return {
    put: (text) => replaceWords(text, PAGE, free),
    takeBack: (text) => replaceWords(text, free, PAGE),
  };
}
