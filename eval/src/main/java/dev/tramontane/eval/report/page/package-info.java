/// Runs as a page for people, and as pictures. Start with {@link
/// dev.tramontane.eval.report.page.EvalReport}.
///
/// A {@code Page} is what is shown, {@code PageWriter} writes it as HTML with what {@link
/// dev.tramontane.eval.report.drawing} has. `page.html`, `page.css` and `page.js` beside the
/// classes are the page's parts.
package dev.tramontane.eval.report.page;
