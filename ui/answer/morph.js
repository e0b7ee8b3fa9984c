// Makes nodes that are shown equal to new ones, and keeps those that are so already: what did not change is neither
// styled nor laid out again.

/** Replaces the children of an element by those of a fragment. */
export function morph(element, fragment) {
  const shown = [...element.childNodes];
  const wanted = [...fragment.childNodes];
  wanted.forEach((node, at) => {
    if (at >= shown.length) element.append(node);
    else if (!became(shown[at], node)) shown[at].replaceWith(node);
  });
  for (const node of shown.slice(wanted.length)) node.remove();
}

function hasSameAttributes(shown, wanted) {
  if (shown.attributes.length !== wanted.attributes.length) return false;
  for (const { name, value } of shown.attributes) if (wanted.getAttribute(name) !== value) return false;
  return true;
}

/** Whether the shown node is now what is wanted. */
function became(shown, wanted) {
  if (shown.nodeType !== wanted.nodeType) return false;
  if (shown.nodeType === Node.TEXT_NODE) {
    const { data } = wanted;
    if (data.startsWith(shown.data)) shown.appendData(data.slice(shown.data.length));
    else shown.data = data;
    return true;
  }
  if (shown.tagName !== wanted.tagName) return false;
  if (wanted.formula !== undefined) return shown.formula?.source === wanted.formula.source && shown.formula.display === wanted.formula.display;
  if (wanted.view !== undefined) return shown.view?.becomes(wanted.view) ?? false;
  if (shown.formula !== undefined || shown.view !== undefined || !hasSameAttributes(shown, wanted)) return false;
  if (shown.tagName === "BUTTON" || shown.tagName === "IMG") return shown.isEqualNode(wanted);
  morph(shown, wanted);
  return true;
}
