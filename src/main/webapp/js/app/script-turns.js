/**
 * Which characters a browser draws in one go: those of one script, in one direction and mostly of one font. Where the
 * next is of another it begins anew, and looks for a font; that costs as much as drawing some more characters.
 */

/** Ranges that are longer than a block, or stand apart, and belong together: `[first, last, kind]`, in order. */
const TOGETHER = [
  [0x41, 0x24f, 'Latin'],
  [0x370, 0x3ff, 'Greek'],
  [0x400, 0x52f, 'Cyrillic'],
  [0x530, 0x5ff, 'Armenian and Hebrew'],
  [0x600, 0x6ff, 'Arabic'],
  [0x1100, 0x11ff, 'Hangul'],
  [0x1200, 0x139f, 'Ethiopic'],
  [0x1400, 0x167f, 'Canadian'],
  [0x1e00, 0x1eff, 'Latin'],
  [0x1f00, 0x1fff, 'Greek'],
  [0x2e80, 0x30ff, 'Han and Kana'],
  [0x3400, 0x9fff, 'Han and Kana'],
  [0xac00, 0xd7ff, 'Hangul'],
  [0xf900, 0xfaff, 'Han and Kana'],
  [0xff00, 0xffef, 'Han and Kana'],
  [0x20000, 0x3ffff, 'Han and Kana'],
];

/**
 * Spaces, digits, signs and marks, and what is put into pictures (as hearts and signs are), which go with whatever they
 * stand beside.
 */
const NEUTRAL = new RegExp('[\\0-@[-`{-\\u00bf\\u0300-\\u036f\\u2000-\\u206f\\u20d0-\\u20ff'
  + '\\u2640\\u2642\\u2695\\u2696\\u2708\\u2764\\u3000-\\u303f\\ufe00-\\ufe0f]', 'u');

/** Those that are drawn in colours, of a font of their own; other signs stand in the same blocks. */
const PICTURE = /\p{Emoji_Presentation}/u;

/** @returns {string|number|undefined} equal for characters that are drawn in one go; undefined if they go with any */
export function kindOf(char) {
  if (NEUTRAL.test(char)) return undefined;
  if (PICTURE.test(char)) return 'pictures';
  const code = char.codePointAt(0);
  const range = TOGETHER.find(([, last]) => code <= last);
  return range && code >= range[0] ? range[2] : code >> 7;
}
