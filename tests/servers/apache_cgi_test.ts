import { testCgi } from "./cgi_suite.ts";

testCgi("apache2");
