// SPDX-License-Identifier: GPL-2.0
//
// css.js FILE... - checks CSS files: syntax, names and values of properties, and that
// the colours in use are defined. Needs css-tree (Debian's node-css-tree).
"use strict";

const fs = require("fs");
const { lexer, parse, walk } = require("css-tree");

// css-tree cannot check a value with var(), so a colour takes its place.
const VAR = /var\((--[\w-]+)\)/g;
let failed = false;

function check(file) {
  const text = fs.readFileSync(file, "utf8");
  const told = (node, message) => {
    console.log(`${file}:${node.loc ? node.loc.start.line : node.line}: ${message}`);
    failed = true;
  };
  const defined = new Set();
  // Count the braces: a browser closes what is still open at the end, without an error.
  if (text.split("{").length !== text.split("}").length)
    told({ line: 1 }, "{ and } are not balanced");
  const rules = parse(text.replace(VAR, "#000000"), {
    positions: true,
    onParseError: error => told(error, error.message),
  });
  walk(rules, { visit: "Declaration", enter(node) {
    const custom = node.property.startsWith("--");
    if (custom)
      defined.add(node.property);
    const value = custom ? parse(node.value.value.trim(), { context: "value" }) : node.value;
    const { error } = custom ? lexer.match("<color>", value)
      : lexer.matchProperty(node.property, value);
    if (error)
      told(node, `${node.property}: ${error.message.split("\n")[0]}`);
  } });
  text.split("\n").forEach((line, i) => {
    for (const [, name] of line.matchAll(VAR))
      if (!defined.has(name))
        told({ line: i + 1 }, `${name} is not defined`);
  });
}

process.argv.slice(2).forEach(check);
process.exit(failed ? 1 : 0);
