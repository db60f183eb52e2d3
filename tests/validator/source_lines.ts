import { assertEquals } from "@std/assert";

interface Place {
  readonly file: string;
  readonly line: number;
}

/** Returns a function that reads the line of a place in a file. */
export async function sourceLines(
  file: string,
): Promise<(place?: Place) => string> {
  const lines = (await Deno.readTextFile(new URL(file))).split("\n");
  return (place) => {
    assertEquals(place?.file, file);
    return lines[place!.line - 1] ?? "";
  };
}
