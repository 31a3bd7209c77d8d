import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Ctx } from "../sdk/callpanion.js";
import * as kit from "../sdk/testing.js";
import { render, renderer } from "../src/plugin.js";

const TURNS = [
  ["agent", "Good morning! How did you sleep?"],
  ["callee", "Very well, thank you, and the knee is better."],
  ["agent", "What did you have for breakfast?"],
  ["callee", "Rice."],
  ["callee", "Ani comes on Sunday with the children, I look forward to that."],
  ["callee", "The neighbour brought mangoes."],
];

function rendered(turns = TURNS, locale = "en", quotes_max = 2) {
  const material = {
    calleeName: "Ibu Sari", language: "en", providerSummary: null, collected: [], durationS: 130, extra: [],
    turns: turns.map(([speaker, text], atS) => ({ speaker, text, atS })),
  };
  return render(new Ctx(kit.context({ quotes_max }, locale), []), material).blocks;
}

test("the longest of what was said is quoted, in the order of the talk", () => {
  const quotes = rendered().slice(1);
  assert.deepEqual(quotes.map(({ evidence }) => evidence), [[1], [4]]);
  assert.ok(quotes.every(({ text, evidence }) => TURNS[evidence[0]][1] === text));
});

test("the headline comes first, in the reader's language, and rests on the talk", () => {
  assert.equal(rendered()[0].text, "Ibu Sari talked for 2 min");
  assert.equal(rendered(TURNS, "id-ID")[0].text, "Ibu Sari mengobrol 2 menit");
  assert.equal(rendered(TURNS, "fr")[0].text, "Ibu Sari talked for 2 min");
  assert.deepEqual(rendered()[0].evidence, [1]);
});

test("a talk in which the callee said nothing has a headline and no quote", () => {
  assert.deepEqual(rendered(TURNS.slice(0, 1)).map(({ text }) => text), ["Ibu Sari said nothing"]);
});

test("a long quote is cut, and shows it", () => {
  const quote = rendered([["callee", "é".repeat(400)]])[1];
  assert.equal([...quote.text].length, 301);
  assert.ok(quote.text.endsWith("…"));
});

test("without settings there is a headline and no quote", () => {
  assert.deepEqual(rendered(TURNS, "en", "two").length, 1);
});

test("the manifest says the same", () => {
  const manifest = readFileSync(new URL("../plugin.toml", import.meta.url), "utf8");
  assert.deepEqual(kit.manifestDifferences(manifest, renderer.describe()), []);
});
