// `{{name}}`: makes a headline and a few quotes from a talk.

import { asRenderer, block } from "../sdk/callpanion.js";

// Shorter is no quote but a yes.
const QUOTE_MIN_CHARS = 20;
const QUOTE_MAX_CHARS = 300;

// What the headline says, by language; the locale's first part chooses.
const WORDS = {
  en: { talked: (name, minutes) => `${name} talked for ${minutes} min`, silent: (name) => `${name} said nothing` },
  id: { talked: (name, minutes) => `${name} mengobrol ${minutes} menit`, silent: (name) => `${name} tidak berbicara` },
};

// Must say the same as plugin.toml.
export const id = "{{name}}";
export const version = "0.1.0";
export const purpose = "{{purpose}}";

/** Renders in the language of `ctx.locale`. Every block names the turns that it rests on. */
export function render(ctx, material) {
  const words = WORDS[ctx.locale.split(/[-_]/)[0]] ?? WORDS.en;
  const said = material.turns
    .map(({ speaker, text }, index) => ({ speaker, text: text.trim(), index }))
    .filter(({ speaker, text }) => speaker === "callee" && text !== "");
  if (said.length === 0) {
    return { moodScore: null, blocks: [block("headline", words.silent(material.calleeName), [])] };
  }
  const minutes = Math.max(Math.round(material.durationS / 60), 1);
  const quotes = said
    .filter(({ text }) => text.length >= QUOTE_MIN_CHARS)
    .sort((a, b) => b.text.length - a.text.length || a.index - b.index)
    .slice(0, quotesMax(ctx))
    .sort((a, b) => a.index - b.index);
  const headline = block("headline", words.talked(material.calleeName, minutes), [said[0].index]);
  return { moodScore: null, blocks: [headline, ...quotes.map(quote)] };
}

/** How many quotes are shown. A renderer cannot fail: with settings that do not fit, none is. */
function quotesMax(ctx) {
  try {
    return Math.max(ctx.settings({ quotes_max: "integer" }).quotes_max, 0);
  } catch {
    return 0;
  }
}

/** The callee's own words: nothing is added, and what is cut off shows. */
function quote({ text, index }) {
  const chars = [...text];
  const shown = chars.length > QUOTE_MAX_CHARS ? `${chars.slice(0, QUOTE_MAX_CHARS).join("")}…` : text;
  return block("quote", shown, [index]);
}

export const renderer = asRenderer({ id, version, purpose, render });
