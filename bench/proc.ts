/**
 * Reads the CPU time and memory of a process and its children on Linux.
 *
 * @module
 */

/** CPU time by thread, in nanoseconds. */
export type CpuTimes = ReadonlyMap<string, number>;

/** Memory of a process tree, in bytes. */
export interface Memory {
  /** The current memory. */
  readonly rss: number;
  /** The peak of the memory. */
  readonly peak: number;
}

/** Reads a file of `/proc`; `""` if its process has ended. */
async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}

async function threadsOf(pid: number): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(`/proc/${pid}/task`));
    return entries.map(({ name }) => `/proc/${pid}/task/${name}`);
  } catch {
    return [];
  }
}

/** Returns a process and all its children. */
export async function treeOf(pid: number): Promise<number[]> {
  const tree = [pid];
  for (const thread of await threadsOf(pid)) {
    const children = (await read(`${thread}/children`)).trim();
    if (children === "") continue;
    for (const child of children.split(" ")) {
      tree.push(...await treeOf(Number(child)));
    }
  }
  return tree;
}

/**
 * Reads user and system time of a process tree, for each thread.
 *
 * `schedstat` counts nanoseconds. `stat` counts hundredths of a second: in a
 * round of one second, this alone is an error of one percent.
 */
export async function cpuTimes(pid: number): Promise<CpuTimes> {
  const times = new Map<string, number>();
  for (const process of await treeOf(pid)) {
    for (const thread of await threadsOf(process)) {
      const time = parseSchedstat(await read(`${thread}/schedstat`));
      if (time !== undefined) times.set(thread, time);
    }
  }
  return times;
}

/** Returns the CPU time in a file `schedstat`, in nanoseconds. */
export function parseSchedstat(text: string): number | undefined {
  const time = /^(\d+) \d+ \d+/.exec(text)?.[1];
  return time === undefined ? undefined : Number(time);
}

/** Returns the CPU time between two readings, in nanoseconds. */
export function cpuBetween(before: CpuTimes, after: CpuTimes): number {
  let spent = 0;
  for (const [thread, time] of after) spent += time - (before.get(thread) ?? 0);
  return spent;
}

/**
 * Reads the memory of a process tree. Shared pages count once for each process.
 */
export async function memoryOf(pid: number): Promise<Memory> {
  let rss = 0;
  let peak = 0;
  for (const process of await treeOf(pid)) {
    const memory = parseStatus(await read(`/proc/${process}/status`));
    rss += memory.rss;
    peak += memory.peak;
  }
  return { rss, peak };
}

/** Returns the memory in a file `status`, in bytes. */
export function parseStatus(text: string): Memory {
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(text)?.[1] ?? 0);
  return { rss: kibibytes("VmRSS") * 1024, peak: kibibytes("VmHWM") * 1024 };
}
