/**
 * {@linkcode FileWatcher}: detects changes of files.
 *
 * @module
 */

/** The delay that combines the several changes of one save, in milliseconds. */
const SETTLE_MS = 50;

function folderOf(path: string): string {
  return path.replace(/[/\\][^/\\]*$/, "") || "/";
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Returns the innermost folder of a path that exists. */
function existingFolder(folder: string): string {
  let path = folder;
  while (!isFolder(path) && folderOf(path) !== path) path = folderOf(path);
  return path;
}

/** Watches the folders of files, because editors replace files by renaming. */
export class FileWatcher {
  readonly #onChange: (paths: readonly string[]) => void;
  /** The files, with the paths that the system reports. */
  readonly #files = new Set<string>();
  readonly #watchers = new Map<string, Deno.FsWatcher>();
  #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /**
   * @param onChange Called with the paths of files that were saved, created or
   * removed.
   */
  constructor(onChange: (paths: readonly string[]) => void) {
    this.#onChange = onChange;
  }

  /**
   * Watches more files.
   *
   * @param paths Their absolute paths. The files may be missing.
   */
  add(paths: Iterable<string>): void {
    if (this.#isClosed) return;
    for (const path of paths) {
      const folder = folderOf(path);
      const real = isFolder(folder) ? realPath(folder) : folder;
      this.#files.add(`${real}${path.slice(folder.length)}`);
      // The file may be a link.
      const target = realPath(path);
      this.#files.add(target);
      this.#watch(existingFolder(real));
      this.#watch(existingFolder(folderOf(target)));
    }
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = Deno.watchFs(folder, { recursive: false });
      this.#watchers.set(folder, watcher);
      this.#follow(watcher);
    } catch {
      // Changes in a folder that cannot be watched are not detected.
    }
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (kind === "access") continue;
      for (const path of paths) if (this.#concerns(path)) this.#note(path);
    }
  }

  /** Returns whether a path is a watched file, or a folder that contains one. */
  #concerns(path: string): boolean {
    if (this.#files.has(path)) return true;
    for (const file of this.#files) {
      if (file.startsWith(`${path}/`)) return true;
    }
    return false;
  }

  #note(path: string): void {
    this.#changed.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const changed = [...this.#changed];
      this.#changed = new Set();
      this.#onChange(changed);
    }, SETTLE_MS);
  }

  /** Stops watching. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }
}
