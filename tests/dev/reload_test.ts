import { assertEquals, assertMatch } from "@std/assert";
import { answering, Developing } from "./developing.ts";

const GREETING = { "greeting.js": "export const text = 'one';" };
const CHANGED: [string, string] = ["greeting.js", "export const text = 'two';"];
const IMPORTING = `import { text } from "./greeting.js";
export default (_environ, startResponse) => {
  startResponse("200 OK", []);
  return [new TextEncoder().encode(text)];
};`;

Deno.test.each<[string, Record<string, string>, [string, string]]>([
  ["its module", { "app.js": answering("one") }, ["app.js", answering("two")]],
  ["a module that it imports", { "app.js": IMPORTING, ...GREETING }, CHANGED],
  ["a module that it imports in a function", {
    "app.js": IMPORTING.replace(/^import.*/, "").replace(
      "=> {",
      "=> import('./greeting.js').then(({ text }) => {",
    ).replace(/;\n}$|\};$/, "});"),
    ...GREETING,
  }, CHANGED],
  ["a file that it reads", {
    "app.js": IMPORTING.replace(
      /^import.*/,
      "const text = Deno.readTextFileSync(new URL('text.txt', import.meta.url));",
    ),
    "text.txt": "one",
  }, ["text.txt", "two"]],
])("devServer() starts again when %s is saved", async (...row) => {
  const [, files, [name, text]] = row;
  await using developing = await Developing.start(files);
  assertEquals(await developing.get(), "one");
  await developing.save(name, text);
  await developing.getUntil(/^two$/);
  await developing.terminalUntil(
    /^Reloaded .*app\.js in \d+ ms; each reload discards what it held in memory$/m,
  );
});

/** A module whose application answers, but that runs code in addition. */
const running = (code: string): string => answering("well", `\n${code};`);

Deno.test.each<[string, string, RegExp]>([
  [
    "a syntax error",
    "export default (",
    /^SyntaxError: .*app\.js:1:\d+\n> 1 \| export default \(/s,
  ],
  [
    "a missing import",
    "\nimport './none.js';",
    /^(?:TypeError|Error): Module not found.*none\.js.*app\.js:2:8\n.*> 2 \| import/s,
  ],
  [
    "an error while loading",
    "\n\nnull.x;",
    /^TypeError: .*app\.js:3:6\n.*> 3 \| null\.x/s,
  ],
  [
    "that there is no application",
    "export const a = 1;",
    /exports no application\n {2}hint: It exports a/,
  ],
  [
    "an error after an await",
    "await 0; throw new Error('late')",
    /^Error: late\n.*app\.js:1:/s,
  ],
  [
    "a promise rejected in a timer",
    running("setTimeout(() => { Promise.reject(new Error('rejected')) }, 0)"),
    /^Error: rejected\n.*hint: Without the development server, this ends the program.*app\.js:2:/s,
  ],
  [
    "an error thrown in a timer",
    running("setTimeout(() => { throw new RangeError('thrown') }, 0)"),
    /^RangeError: thrown\n.*hint: Without the .*app\.js:2:/s,
  ],
  [
    "a text thrown in a timer",
    running("setTimeout(() => { throw 'text' }, 0)"),
    /^Thrown value: "text", which is not an Error.*hint: Without the /s,
  ],
  [
    "a call to Deno.exit()",
    running("setTimeout(() => Deno.exit(7), 0)"),
    /^Exit: The application called Deno\.exit\(7\)\n.*hint: Without the .*app\.js:2:/s,
  ],
  [
    "a call to process.exit()",
    running("import('node:process').then((p) => p.default.exit(7))"),
    /^Exit: .*hint: Without the .*app\.js:2:/s,
  ],
])(
  "devServer() shows %s, and starts again when it is saved",
  async (...row) => {
    const [, source, expected] = row;
    await using developing = await Developing.start({ "app.js": source });
    await developing.getUntil(expected);
    const response = await fetch(developing.server.url);
    assertEquals(response.status, 500);
    assertMatch(await response.text(), expected);
    assertMatch(
      developing.terminal,
      /^(?:Cannot load .*app\.js|.*app\.js has stopped):$/m,
    );
    await developing.save("app.js", answering("again"));
    await developing.getUntil(/^again$/);
  },
);

Deno.test(
  "devServer() reports an application in an endless loop, answers, and ends it when it is saved",
  {
    // While coverage is collected, Deno cannot end a worker that loops.
    ignore: Deno.env.has("DENO_COVERAGE_DIR"),
  },
  async () => {
    const looping = answering("well").replace(
      "startResponse(",
      "if (_environ.PATH_INFO === '/loop') for (;;);\n  startResponse(",
    );
    await using developing = await Developing.start({ "app.js": looping }, {
      blockedAfter: 500,
    });
    // Loading may take as long, too.
    await developing.getUntil(/^well$/);
    const loop = developing.get("loop");
    await developing.getUntil(/loop/, "__wsgi__/api/requests");
    const other = developing.get("other");
    for (const text of [await loop, await other]) {
      assertMatch(text, /^Blocked: .* for 0\.5 s, while it was .* GET \/loop/);
      assertMatch(
        text,
        /hint: Look for an endless loop. Saving a file ends it/,
      );
    }
    await developing.save("app.js", answering("again"));
    await developing.getUntil(/^again$/);
  },
);

Deno.test("devServer() lets running requests end at a reload, and cuts them off after a second", async () => {
  const module = `const encoder = new TextEncoder();
export default async (environ, startResponse) => {
  startResponse("200 OK", []);
  if (environ.PATH_INFO === "/silent") await new Promise(() => {});
  if (environ.PATH_INFO === "/short") {
    return (async function* () {
      yield encoder.encode("begun ");
      // It ends when the reload has begun.
      await new Promise((go) => setTimeout(go, 200));
      yield encoder.encode("whole");
    })();
  }
  return (async function* () {
    yield encoder.encode("begun");
    await new Promise(() => {});
  })();
};`;
  await using developing = await Developing.start({ "app.js": module });
  const url = developing.server.url;
  const [short, long] = await Promise.all([
    fetch(`${url}short`),
    fetch(`${url}long`),
  ]);
  const headers = { Accept: "text/html" };
  const silent = ["GET", "POST"].map((method) =>
    fetch(`${url}silent`, { method, headers })
  );
  await developing.getUntil(/silent.*silent/s, "__wsgi__/api/requests");
  await developing.save("app.js", answering("again"));
  const cut = long.text().then(() => "whole", () => "cut");
  assertEquals(await short.text(), "begun whole");
  await developing.getUntil(/^again$/);
  assertEquals(await cut, "cut");
  // Only a page that the browser may request again does so by itself.
  for (const [i, refreshes] of [true, false].entries()) {
    const response = await silent[i]!;
    assertEquals(response.status, 503);
    assertEquals(response.headers.get("Retry-After"), "1");
    const text = await response.text();
    assertMatch(text, /The application was reloaded before it answered/);
    assertEquals(text.includes('http-equiv="refresh" content="1"'), refreshes);
  }
});

Deno.test("devServer() answers every request while it starts the application again", async () => {
  await using developing = await Developing.start({ "app.js": answering("0") });
  const answers = new Set([await developing.get()]);
  for (let i = 1; i <= 3; i++) {
    await developing.save("app.js", answering(String(i)));
    while (!answers.has(String(i))) answers.add(await developing.get());
  }
  assertEquals([...answers].toSorted(), ["0", "1", "2", "3"]);
});
