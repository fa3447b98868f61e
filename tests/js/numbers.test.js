// The checks in node's own test runner; NUMBERS names the file that tests/js_numbers.py made.
import { readFileSync } from "node:fs";
import test from "node:test";

import { checks } from "./checks.js";

const numbers = JSON.parse(readFileSync(process.env.NUMBERS, "utf-8"));
for (const [name, check] of Object.entries(checks)) test(name, () => check(numbers));
