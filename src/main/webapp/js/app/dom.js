/**
 * Makes an element. Strings among the children become text nodes, whatever is in them: this page never parses markup
 * that came from a person.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] `class`, `on…` listeners; anything else is an attribute, left out when
 *     undefined or false
 * @param {...(Node|string|undefined)} children
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An icon of index.html; decoration only, so its button needs a name of its own. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * Whether a key belongs to an input method: Enter accepts its suggestion, Escape drops it. Safari says so by the key
 * code alone, since composition has ended there when it tells of the key.
 *
 * @param {KeyboardEvent} event
 */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** A copy of a `<template>` of index.html. */
export function fromTemplate(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

/** Calls `draw` once before the next frame is painted, however often it is asked to. */
export function perFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
