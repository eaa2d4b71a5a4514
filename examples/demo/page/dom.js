/** An element with a class, some attributes and its children. */
export function make(tag, className = '', attributes = {}, ...children) {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A drawing of one path on a 24 × 24 ground. */
export function icon(path) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** Writes a text only when it is another one, so that nothing is laid out in vain. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const prefersStillness = matchMedia('(prefers-reduced-motion: reduce)');
