/**
 * Writes `dev/inspector/assets.json` from the files of `dev/inspector/assets/`:
 * a package on JSR can import JSON, but not text.
 *
 * ```sh
 * deno task assets
 * ```
 *
 * @module
 */

/** The folder of the scripts, styles and images. */
export const ASSETS: URL = new URL("../dev/inspector/assets/", import.meta.url);

/** The file that `deno task assets` writes. */
export const ASSET_DATA: URL = new URL("../assets.json", ASSETS);

/**
 * Makes the content of that file.
 *
 * @returns The files by their names, as JSON.
 */
export async function createAssetData(): Promise<string> {
  const names = Array.from(Deno.readDirSync(ASSETS), ({ name }) => name);
  const files = await Promise.all(
    names.sort().map(async (name) =>
      [name, await Deno.readTextFile(new URL(name, ASSETS))] as const
    ),
  );
  return `${JSON.stringify(Object.fromEntries(files), null, 2)}\n`;
}

if (import.meta.main) {
  await Deno.writeTextFile(ASSET_DATA, await createAssetData());
}
