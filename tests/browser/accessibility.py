"""What keeps people from reading a page or working it without a mouse, found in the page itself.

Rules of WCAG 2.2 that a program can hold: controls and pictures have names (1.1.1, 4.1.2),
headings are in order (1.3.1), text stands out from its background (1.4.3). Text in our own
pictures is held by the tests of the charts, since there text lies over shapes.
"""

CHECK = r"""
(root) => {
  const found = [];
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1
      && element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})
      && !element.closest('[aria-hidden=true], [inert]');
  };
  const words = (element) => (element ? element.textContent : '').trim();
  const where = (element) => {
    const marked = element.closest('[data-testid], [class*=st-key]');
    const mark = marked ? (marked.dataset.testid || marked.className) : 'page';
    return `${mark} <${element.tagName.toLowerCase()}> ${words(element).slice(0, 40)}`;
  };
  const tell = (rule, element, more = '') =>
    found.push(`${rule}: ${where(element)} ${more}`.trim());

  const named = (element) => {
    const by = (element.getAttribute('aria-labelledby') || '').split(/\s+/).filter(Boolean)
      .map((id) => words(element.getRootNode().getElementById(id))).join('');
    if (by || (element.getAttribute('aria-label') || '').trim() || element.title) return true;
    if ([...(element.labels || [])].some(words)) return true;
    if (/^(input|select|textarea)$/i.test(element.tagName)) return Boolean(element.placeholder);
    if (words(element)) return true;
    return Boolean(element.querySelector('img[alt]:not([alt=""]), svg > title, [aria-label]'));
  };
  const controls = 'a[href], button, input:not([type=hidden]), select, textarea, [role=button], '
    + '[role=link], [role=checkbox], [role=radio], [role=switch], [role=tab], [role=slider]';

  const blend = (over, under) => {
    const a = over[3] + under[3] * (1 - over[3]);
    if (!a) return [0, 0, 0, 0];
    const mix = (i) => (over[i] * over[3] + under[i] * under[3] * (1 - over[3])) / a;
    return [mix(0), mix(1), mix(2), a];
  };
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const rgba = (text) => {
    if (!known.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = '#000';
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const up = (element) => element.parentElement || element.getRootNode().host;
  // Only what lies behind the text counts: a label may hang outside the box it belongs to.
  const background = (element) => {
    const own = element.getBoundingClientRect();
    const [x, y] = [own.x + own.width / 2, own.y + own.height / 2];
    let colour = [0, 0, 0, 0];
    for (let at = element; at && colour[3] < 1; at = up(at)) {
      const box = at.getBoundingClientRect();
      const behind = box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
      if (behind || at === document.body)
        colour = blend(colour, rgba(getComputedStyle(at).backgroundColor));
    }
    return blend(colour, [255, 255, 255, 1]);
  };
  const faded = (element) => {
    let opacity = 1;
    for (let at = element; at; at = up(at)) opacity *= Number(getComputedStyle(at).opacity);
    return opacity;
  };
  const light = (colour) => {
    const part = (i) => {
      const value = colour[i] / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2);
  };
  const contrast = (element) => {
    const under = background(element);
    const ink = [...rgba(getComputedStyle(element).color)];
    ink[3] *= faded(element);
    const [a, b] = [light(blend(ink, under)), light(under)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const needed = (element) => {
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  };
  const idle = (element) => element.closest(':disabled, [aria-disabled=true], [disabled]')
    || (element.closest('label') && element.closest('label').querySelector(':disabled'));

  const look = (scope) => {
    for (const element of scope.querySelectorAll(controls))
      if (shown(element) && !named(element)) tell('no name', element);
    for (const image of scope.querySelectorAll('img'))
      if (shown(image) && !image.hasAttribute('alt')) tell('no alt text', image);
    for (const picture of scope.querySelectorAll('[role=img]'))
      if (shown(picture) && !named(picture)) tell('no alt text', picture);
    for (const element of scope.querySelectorAll('*')) {
      if (element.closest('svg, style, script, option')) continue;
      const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
      if (!own || !shown(element) || idle(element)) continue;
      const ratio = contrast(element);
      if (ratio < needed(element)) tell('faint text', element, ratio.toFixed(2));
    }
    for (const element of scope.querySelectorAll('*'))
      if (element.shadowRoot) look(element.shadowRoot);
  };
  look(root);

  const headings = [...root.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(shown);
  const main = headings.filter((heading) => heading.closest('[data-testid=stMain]'));
  if (main.filter((heading) => heading.tagName === 'H1').length !== 1)
    found.push('headings: a page has one title');
  main.reduce((before, heading) => {
    const level = Number(heading.tagName[1]);
    if (level > before + 1) tell('headings', heading, `level ${level} after ${before}`);
    return level;
  }, 0);
  if (!document.documentElement.lang) found.push('no language');
  return [...new Set(found)];
}
"""


def faults(page):
    """Each fault as rule, place and words."""
    return page.locator("body").evaluate(CHECK)
