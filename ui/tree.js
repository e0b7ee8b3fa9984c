// A conversation is a tree of messages: what was edited or answered anew stands beside what was there before.

/** From the first message to a leaf. */
export function pathTo(messages, leaf) {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path = [];
  const seen = new Set();
  for (let at = byId.get(leaf); at !== undefined && !seen.has(at.id); at = byId.get(at.parent_id)) {
    seen.add(at.id);
    path.unshift(at);
  }
  return path;
}

/** The messages that stand beside one, itself included, oldest first. */
export function siblings(messages, message) {
  return messages.filter((other) => (other.parent_id ?? null) === (message.parent_id ?? null) && other.role === message.role);
}

/** The leaf that is reached from a message by the newest children. */
export function newestLeaf(messages, id) {
  let leaf = id;
  for (;;) {
    const child = messages.findLast((message) => message.parent_id === leaf);
    if (child === undefined) return leaf;
    leaf = child.id;
  }
}

/** The words of a message. */
export function textOf(message) {
  if (typeof message.content === "string") return message.content;
  return message.content
    .filter((part) => part.type === "text")
    .map((part) => part.text)
    .join("\n\n");
}

export function imagesOf(message) {
  return typeof message.content === "string" ? [] : message.content.filter((part) => part.type !== "text");
}
