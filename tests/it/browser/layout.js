// What a thumb on a phone would stumble over, as sentences. Runs in the page.
((width) => {
  const faults = [];
  const scrolls = document.scrollingElement.scrollWidth;
  if (scrolls > width) faults.push(`scrolls sideways: ${scrolls} px`);
  const name = (one) => {
    const words = (one.innerText ?? "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `${one.tagName.toLowerCase()}${one.id ? `#${one.id}` : ""} "${words || one.name || ""}"`;
  };
  const targets = "a:not(.skip), button, summary, select, textarea, label:has(input)"
    + ", input:not([type=hidden], [type=checkbox], [type=radio])";
  for (const one of document.querySelectorAll(targets)) {
    if (!one.checkVisibility({ visibilityProperty: true })) continue;
    const box = one.getBoundingClientRect();
    // A link within text is as high as its line; everything else is for a thumb.
    const least = one.matches("a") && getComputedStyle(one).display === "inline" ? 24 : 44;
    if (box.height < least) faults.push(`${name(one)} is ${box.height.toFixed(1)} px high, not ${least}`);
    if (box.width < 24) faults.push(`${name(one)} is ${box.width.toFixed(1)} px wide, not 24`);
    const inside = one.closest(".scroll");
    if (!inside && (box.left < -0.5 || box.right > width + 0.5)) faults.push(`${name(one)} sticks out of the screen`);
  }
  return faults;
})
