// What is asked of every script of the app and of its checks; `make test` runs it from the top of the repository.
import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { "max-lines": ["error", 300], "prefer-const": "error", "no-var": "error", eqeqeq: "error" },
  },
  { files: ["tests/js/*.test.js"], languageOptions: { globals: globals.node } },
];
