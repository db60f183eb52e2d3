/**
 * Frameworks of Python on our server.
 *
 * @module
 */

import { type PythonPart, pythonPart } from "./python/part.ts";

/** Flask, and Werkzeug under it. */
export const flask: PythonPart = pythonPart({
  name: "Flask",
  debian: "python3-flask",
  module: "flask",
  known: {
    "http/server-headers":
      "Werkzeug's make_conditional() sets Date: a 304 must have one, and not " +
      "every server adds it. Ours does, once",
  },
});

/** Django. */
export const django: PythonPart = pythonPart({
  name: "Django",
  debian: "python3-django",
  module: "django",
  known: {
    "headers/outer-space":
      "Django makes the value of Set-Cookie with http.cookies, which leaves " +
      "the space that follows the colon. HTTP drops it",
  },
});

/** Pyramid, and WebOb under it. */
export const pyramid: PythonPart = pythonPart({
  name: "Pyramid",
  debian: "python3-pyramid",
  module: "pyramid",
});
