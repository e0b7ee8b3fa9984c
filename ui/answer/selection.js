// What is selected and copied: formulas as they were written, since their drawn parts are no text.

/** Replaces formulas in copies of a selection by their source. */
export function copyAsMarkdown(container) {
  container.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (selection.isCollapsed || event.target.closest?.("textarea, input") !== null) return;
    const fragment = selection.getRangeAt(0).cloneContents();
    const formulas = fragment.querySelectorAll(".math");
    if (formulas.length === 0) return;
    for (const formula of formulas) formula.replaceChildren(formula.dataset.source);
    const hidden = document.createElement("div");
    hidden.append(fragment);
    hidden.className = "copied-text";
    document.body.append(hidden); // innerText knows lines only of what is laid out
    event.clipboardData.setData("text/plain", hidden.innerText);
    hidden.remove();
    event.preventDefault();
  });
}
