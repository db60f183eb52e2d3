/**
 * Describes this machine.
 *
 * @module
 */

/** Returns a description of the processor, cores, memory and system. */
export async function describeMachine(): Promise<Record<string, string>> {
  const cpu = await Deno.readTextFile("/proc/cpuinfo");
  const { total } = Deno.systemMemoryInfo();
  return {
    processor: /^model name\s*: (.*)$/m.exec(cpu)?.[1] ?? Deno.build.arch,
    cores: `${navigator.hardwareConcurrency} cores`,
    memory: `${(total / 2 ** 30).toFixed(1)} GiB`,
    system: `Linux ${Deno.osRelease()}`,
    deno: `Deno ${Deno.version.deno}`,
  };
}
