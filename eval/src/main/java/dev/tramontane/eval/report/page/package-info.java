/// Runs as a page for people, and as pictures. Start with {@link
/// dev.tramontane.eval.report.page.EvalReport}.
///
/// A {@code Page} is what is shown, {@code PageWriter} writes it as HTML, a {@code Chart} is drawn
/// on a {@code Drawing}: SVG or pixels. `page.html`, `page.css` and `page.js` beside the classes
/// are the page's parts.
package dev.tramontane.eval.report.page;
