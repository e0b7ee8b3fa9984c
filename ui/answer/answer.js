// An answer as a person reads it: its thinking, its text, what went wrong.
//
// First version: plain text.

/**
 * Shows one answer in an empty container.
 *
 * @param {HTMLElement} container that the answer is shown in
 * @param {{onAnswerNow?: () => void, onThinkLonger?: () => void, onCopy?: (text: string) => void,
 *   strings?: Record<string, string>}} options
 */
export function createAnswerView(container, options = {}) {
  const block = document.createElement("details");
  block.className = "reasoning";
  block.hidden = true;
  const summary = document.createElement("summary");
  summary.textContent = options.strings?.thinking ?? "Thinking…";
  const trace = document.createElement("div");
  trace.className = "trace plain";
  block.append(summary, trace);
  const body = document.createElement("div");
  body.className = "answer plain";
  const failure = document.createElement("p");
  failure.className = "failure";
  failure.hidden = true;
  container.replaceChildren(block, body, failure);
  return {
    thinking(text) {
      if (block.hidden) {
        block.hidden = false;
        block.open = true;
      }
      trace.append(text);
    },
    text(text) {
      if (body.childNodes.length === 0) {
        block.open = false;
      }
      body.append(text);
    },
    tool() {},
    intervened() {},
    progress() {},
    finished() {},
    error(e) {
      failure.hidden = false;
      failure.textContent = e?.message ?? String(e);
    },
    restore(message) {
      trace.textContent = message.thinking ?? "";
      block.hidden = !message.thinking;
      body.textContent = (message.content ?? []).map((part) => part.text ?? "").join("");
    },
  };
}
