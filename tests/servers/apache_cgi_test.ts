import { CgiSuite } from "./cgi_suite.ts";

new CgiSuite("apache2").common();
