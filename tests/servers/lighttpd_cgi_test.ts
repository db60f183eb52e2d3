import { CgiSuite } from "./cgi_suite.ts";

new CgiSuite("lighttpd").common();
