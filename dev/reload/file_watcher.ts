/**
 * {@linkcode FileWatcher}: notices that one of some files was saved.
 *
 * @module
 */

/** Editors write several times, and by renaming; in milliseconds. */
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

/** The next folder that exists, in which a missing one would appear. */
function existingFolder(folder: string): string {
  let path = folder;
  while (!isFolder(path) && folderOf(path) !== path) path = folderOf(path);
  return path;
}

/** Watches the folders of files: an editor may replace a file by another one. */
export class FileWatcher {
  readonly #onChange: (paths: readonly string[]) => void;
  /** The files, by the paths that the system reports. */
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
   * Watches further files.
   *
   * @param paths Their absolute paths. They need not exist.
   */
  add(paths: Iterable<string>): void {
    if (this.#isClosed) return;
    for (const path of paths) {
      const folder = folderOf(path);
      const real = isFolder(folder) ? realPath(folder) : folder;
      this.#files.add(`${real}${path.slice(folder.length)}`);
      // A file may be a link to one elsewhere.
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
      // What cannot be watched does not reload.
    }
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (kind === "access") continue;
      for (const path of paths) if (this.#concerns(path)) this.#note(path);
    }
  }

  /** Whether a path is a file, or the folder in which one may have appeared. */
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

  /** Ends watching. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }
}
